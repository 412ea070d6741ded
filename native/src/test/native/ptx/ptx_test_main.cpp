/*
 * The CUDA kernels' tests on the interpreter of PTX: what nvcc made of the kernels, without a GPU.
 *
 *   convoke_ptx_test FOLDER ARCHITECTURE [FAMILY...]   such as build/ptx 75 pooling; exit code 1 where a check failed
 *       --order=backward|random:SEED   the order of the second run of every call, beside lockstep
 *       --self-check-plant             with a mistake made on purpose: must fail
 *       --coverage=FILE                the instructions of kernels that ran which were not executed
 *       --mutants=N                    instead: up to N mutants of each kind and family; exit code 1 where one that
 *                                      must not went unseen
 *       --row                          one row of the table that table.sh prints
 *       --budgets=FILE --ptxas=PROGRAM instead: the kernels' resources against those on record; 77 with another nvcc
 *       --update                       with --budgets: writes the record
 */
#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "cuda_test.h"
#include "ptx/budgets.h"

using namespace convoke::test;
namespace ptx = convoke::ptx;

namespace {

struct Options {
    std::string folder;
    std::string architecture;
    std::vector<const Family*> families;
    std::string coverage;
    bool planted = false;
    bool row = false;
    int mutants = 0;
    std::string budgets;
    std::string ptxas;
    bool update = false;
};

[[noreturn]] void usage(const std::string& argument) {
    std::fprintf(stderr,
                 "convoke_ptx_test: '%s'? FOLDER ARCHITECTURE [FAMILY...] [--order=backward|random:SEED] "
                 "[--self-check-plant] [--coverage=FILE] [--mutants=N] [--row] "
                 "[--budgets=FILE --ptxas=PROGRAM [--update]]\n",
                 argument.c_str());
    std::exit(2);
}

Options parse(int argc, char** argv) {
    if (argc < 3) {
        usage("");
    }
    Options options;
    options.folder = argv[1];
    options.architecture = argv[2];
    for (int i = 3; i < argc; ++i) {
        const std::string argument = argv[i];
        const size_t equals = argument.find('=');
        const std::string name = argument.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
        const auto family = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                         [&](const Family& f) { return argument == f.name; });
        if (family != std::end(kFamilies)) {
            options.families.push_back(family);
        } else if (argument == "--self-check-plant") {
            options.planted = true;
        } else if (argument == "--row") {
            options.row = true;
        } else if (argument == "--update") {
            options.update = true;
        } else if (name == "--budgets") {
            options.budgets = value;
        } else if (name == "--ptxas") {
            options.ptxas = value;
        } else if (name == "--coverage") {
            options.coverage = value;
        } else if (name == "--mutants") {
            options.mutants = std::atoi(value.c_str());
        } else if (argument == "--order=backward") {
            other_order.order = ptx::Order::kBackward;
        } else if (name == "--order" && value.compare(0, 7, "random:") == 0) {
            other_order = OtherOrder{ptx::Order::kRandom, static_cast<uint32_t>(std::atoi(value.c_str() + 7))};
        } else {
            usage(argument);
        }
    }
    if (options.families.empty()) {
        for (const Family& family : kFamilies) {
            options.families.push_back(&family);
        }
    }
    return options;
}

/* Reads every NAME.compute_ARCHITECTURE.ptx, as nvcc --keep names them. */
void read_program(const Options& options) {
    const std::string ending = ".compute_" + options.architecture + ".ptx";
    DIR* folder = opendir(options.folder.c_str());
    while (const dirent* entry = folder == nullptr ? nullptr : readdir(folder)) {
        const std::string name = entry->d_name;
        if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending) {
            ptx::read_ptx(options.folder + "/" + name, ptx::interpreter().program);
        }
    }
    if (folder != nullptr) {
        closedir(folder);
    }
    if (ptx::interpreter().program.empty()) {
        std::fprintf(stderr, "no *%s in %s: build with nvcc, for this architecture too\n", ending.c_str(),
                     options.folder.c_str());
        std::exit(2);
    }
}

struct Totals {
    int checks = 0;
    int failed = 0;
    uint64_t violations = 0;
};

void run(const Family& family, const Options& options, Totals& totals) {
    const std::string program = "ptx sm_" + options.architecture + " " + family.name;
    char plant[] = "--self-check-plant";
    char* arguments[] = {nullptr, plant};
    Check check(program.c_str(), options.planted ? 2 : 1, arguments);
    ptx::interpreter().clear_violations();
    ptx::interpreter().set_order(ptx::Order::kLockstep, 1);
    family.test(check);
    for (const ptx::Violation& violation : ptx::interpreter().violations()) {
        check.that(false, std::string(ptx::name_of(violation.fault)) + ", " + std::to_string(violation.times) +
                              " times: " + violation.kernel + ", " + violation.place + ": " + violation.detail);
        totals.violations += violation.times;
    }
    check.that(true, "the interpreter has run");
    totals.checks += check.passed();
    totals.failed += check.failed();
    if (!options.row) {
        check.finish();
    }
}

/* --- Coverage ----------------------------------------------------------------------------------------------------- */

struct Coverage {
    size_t kernels = 0;
    size_t ran = 0;
    size_t instructions = 0;
    size_t executed = 0;
};

Coverage coverage(const std::string& path) {
    Coverage result;
    FILE* file = path.empty() ? nullptr : std::fopen(path.c_str(), "w");
    for (const auto& [name, kernel] : ptx::interpreter().program) {
        ++result.kernels;
        result.ran += kernel->launches > 0 ? 1 : 0;
        if (kernel->launches == 0 && file != nullptr) {
            std::fprintf(file, "%s: %s never ran\n", kernel->file.c_str(), kernel->name.c_str());
        }
        for (const ptx::Instruction& i : kernel->code) {
            ++result.instructions;
            result.executed += i.executed > 0 ? 1 : 0;
            if (i.executed == 0 && kernel->launches > 0 && file != nullptr) {
                std::fprintf(file, "%s:%d: %s: %s\n", kernel->file.c_str(), i.line, kernel->name.c_str(),
                             i.text.c_str());
            }
        }
    }
    if (file != nullptr) {
        std::fclose(file);
    }
    return result;
}

/* --- Mutants ------------------------------------------------------------------------------------------------------ */

/* One thing done to one instruction, which the tests must then notice. */
struct Mutation {
    const char* what;
    bool (*applies)(const ptx::Instruction& i);
    void (*apply)(ptx::Instruction& i);
    /* A barrier may be one too many: a function's first, where its caller has just passed one. */
    bool may_go_unseen;
};

void leave_out(ptx::Instruction& i) { i.kind = ptx::Kind::kNothing; }

const Mutation kMutations[] = {
    {"barrier left out", [](const ptx::Instruction& i) { return i.kind == ptx::Kind::kBarrier; }, leave_out, true},
    {"fence left out", [](const ptx::Instruction& i) { return i.kind == ptx::Kind::kFence; }, leave_out, false},
    {"count that neither releases nor acquires", [](const ptx::Instruction& i) { return i.acquires_and_releases; },
     [](ptx::Instruction& i) { i.acquires_and_releases = false; }, false},
    {"published number read through the first-level cache",
     [](const ptx::Instruction& i) { return i.kind == ptx::Kind::kLoad && i.past_first_cache; },
     [](ptx::Instruction& i) { i.past_first_cache = false; }, false},
    {"global store 64 bytes further",
     [](const ptx::Instruction& i) { return i.kind == ptx::Kind::kStore && i.space == ptx::Space::kGlobal; },
     [](ptx::Instruction& i) { i.offset += 64; }, false},
    {"shared load 4 bytes further",
     [](const ptx::Instruction& i) { return i.kind == ptx::Kind::kLoad && i.space == ptx::Space::kShared; },
     [](ptx::Instruction& i) { i.offset += 4; }, false}};

/* Whether the family's test fails in a process of its own, whose output nobody sees. */
bool fails(const Family& family, const Options& options) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        if (std::freopen("/dev/null", "w", stdout) == nullptr) {
            std::_Exit(3);
        }
        Options quiet = options;
        Totals totals;
        run(family, quiet, totals);
        std::_Exit(totals.failed > 0 ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status != 0;
}

/* Runs the mutants of what the family executes; returns how many went unseen that must not. */
int try_mutants(const Family& family, const Options& options) {
    for (auto& [name, kernel] : ptx::interpreter().program) {
        for (ptx::Instruction& i : kernel->code) {
            i.executed = 0;
        }
    }
    Totals unchanged;
    Options quiet = options;
    quiet.row = true;
    run(family, quiet, unchanged);
    int wrong = unchanged.failed;
    for (const Mutation& mutation : kMutations) {
        std::vector<std::pair<const ptx::Kernel*, ptx::Instruction*>> places;
        for (auto& [name, kernel] : ptx::interpreter().program) {
            for (ptx::Instruction& i : kernel->code) {
                if (i.executed > 0 && mutation.applies(i)) {
                    places.emplace_back(kernel.get(), &i);
                }
            }
        }
        const size_t tried = std::min(places.size(), static_cast<size_t>(options.mutants));
        size_t seen = 0;
        for (size_t k = 0; k < tried; ++k) {
            const auto& [kernel, place] = places[(2 * k + 1) * places.size() / (2 * tried)];
            const ptx::Instruction kept = *place;
            mutation.apply(*place);
            const bool found = fails(family, options);
            *place = kept;
            seen += found ? 1 : 0;
            wrong += found || mutation.may_go_unseen ? 0 : 1;
            if (!found) {
                std::printf("  %s: %s:%d: %s: %s\n", mutation.may_go_unseen ? "one too many" : "UNSEEN",
                            kernel->file.c_str(), place->line, kernel->name.c_str(), place->text.c_str());
            }
        }
        /* One of three barriers may be one too many, not each of them. */
        wrong += tried >= 3 && seen == 0 ? 1 : 0;
        if (tried > 0) {
            std::printf("ptx sm_%s %s: %s: %zu of %zu mutants seen\n", options.architecture.c_str(), family.name,
                        mutation.what, seen, tried);
        }
    }
    return wrong;
}

}  // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    read_program(options);
    if (!options.budgets.empty()) {
        return ptx::check_budgets({options.folder, options.architecture, options.ptxas, options.budgets},
                                  options.update);
    }
    if (options.mutants > 0) {
        int unseen = 0;
        for (const Family* family : options.families) {
            unseen += try_mutants(*family, options);
        }
        return unseen == 0 ? 0 : 1;
    }
    Totals totals;
    for (const Family* family : options.families) {
        run(*family, options, totals);
    }
    const Coverage covered = coverage(options.coverage);
    const double share = 100.0 * static_cast<double>(covered.executed) / static_cast<double>(covered.instructions);
    const auto launches = static_cast<unsigned long long>(ptx::interpreter().launches());
    const auto violations = static_cast<unsigned long long>(totals.violations);
    if (options.row) {
        std::printf("| sm_%s | %zu of %zu | %llu | %d | %d | %llu | %zu of %zu, %.1f %% |\n",
                    options.architecture.c_str(), covered.ran, covered.kernels, launches, totals.checks, totals.failed,
                    violations, covered.executed, covered.instructions, share);
    } else {
        std::printf(
            "ptx sm_%s: %zu of %zu kernels, %llu launches, %d checks passed, %d failed, %llu violations, "
            "%zu of %zu PTX instructions executed (%.1f %%)\n",
            options.architecture.c_str(), covered.ran, covered.kernels, launches, totals.checks, totals.failed,
            violations, covered.executed, covered.instructions, share);
    }
    return totals.failed == 0 ? 0 : 1;
}
