/* What ptxas gives each kernel, held against a record: a kernel that begins to spill is seen before a GPU shows it. */
#ifndef CONVOKE_PTX_BUDGETS_H
#define CONVOKE_PTX_BUDGETS_H

#include <string>

namespace convoke::ptx {

struct BudgetFiles {
    std::string folder; /* of the PTX */
    std::string architecture;
    std::string ptxas;
    std::string record;
};

/* Exit code: 0 where all is as on record, 1 where not, 77 where the record is another nvcc's. */
int check_budgets(const BudgetFiles& files, bool update);

}  // namespace convoke::ptx

#endif
