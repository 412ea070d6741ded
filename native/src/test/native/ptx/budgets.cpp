#include "ptx/budgets.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "ptx/interpreter.h"

namespace convoke::ptx {
namespace {

constexpr int kSkipped = 77;

/* The words of ptxas -v on one file, or the end of the program where it fails. */
std::string words_of_ptxas(const BudgetFiles& files, const std::string& name) {
    const std::string command = files.ptxas + " -v --gpu-name sm_" + files.architecture + " " + files.folder + "/" +
                                name + " -o /dev/null 2>&1";
    FILE* pipe = popen(command.c_str(), "r");
    std::string words;
    char part[4096];
    for (size_t read = 0; pipe != nullptr && (read = fread(part, 1, sizeof part, pipe)) > 0;) {
        words.append(part, read);
    }
    if (pipe == nullptr || pclose(pipe) != 0) {
        not_understood(command + ": " + words);
    }
    return words;
}

int number_before(const std::string& line, const std::string& words) {
    const size_t at = line.find(words);
    const size_t begin = at == std::string::npos ? at : line.find_last_not_of("0123456789", at - 1);
    return begin == std::string::npos ? 0 : std::atoi(line.c_str() + begin + 1);
}

/* `release 13.0, V13.0.88`, from the heading of a file of PTX. */
std::string release_of(const std::string& path) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        const size_t at = line.find("release ");
        if (at != std::string::npos) {
            return line.substr(at);
        }
    }
    return "release unknown";
}

/* Loads, or stores, of 16 bytes in global memory. */
int wide_accesses(const Kernel& kernel, Kind kind) {
    int count = 0;
    for (const Instruction& i : kernel.code) {
        const size_t elements = kind == Kind::kLoad ? i.to.size() : i.from.size();
        count += i.kind == kind && i.space == Space::kGlobal && i.width * elements == 16 ? 1 : 0;
    }
    return count;
}

std::vector<std::string> measure(const BudgetFiles& files) {
    std::set<std::string> names;
    for (const auto& [name, kernel] : interpreter().program) {
        names.insert(kernel->file);
    }
    std::vector<std::string> lines;
    for (const std::string& name : names) {
        std::istringstream words(words_of_ptxas(files, name));
        const Kernel* kernel = nullptr;
        int stack = 0;
        int spilled = 0;
        for (std::string line; std::getline(words, line);) {
            const size_t quote = line.find("entry function '");
            if (quote != std::string::npos) {
                const size_t begin = quote + 16;
                kernel = interpreter().program.at(line.substr(begin, line.find('\'', begin) - begin)).get();
            } else if (line.find("bytes stack frame") != std::string::npos) {
                stack = number_before(line, " bytes stack frame");
                spilled = number_before(line, " bytes spill stores") + number_before(line, " bytes spill loads");
            } else if (line.find("Used ") != std::string::npos && kernel != nullptr) {
                std::ostringstream row;
                row << name.substr(0, name.find('.')) << " | " << kernel->name << " | "
                    << number_before(line, " registers") << " registers, " << stack << " stack, " << spilled
                    << " spilled, " << number_before(line, " bytes smem") << " shared, "
                    << wide_accesses(*kernel, Kind::kLoad) << " wide loads, " << wide_accesses(*kernel, Kind::kStore)
                    << " wide stores";
                lines.push_back(row.str());
            }
        }
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

}  // namespace

int check_budgets(const BudgetFiles& files, bool update) {
    const std::string release = release_of(files.folder + "/" + interpreter().program.begin()->second->file);
    const std::string heading = "# Kernels of sm_" + files.architecture + " by nvcc " + release;
    std::ifstream in(files.record);
    std::string recorded_heading;
    std::getline(in, recorded_heading);
    if (!update && recorded_heading != heading) {
        std::printf("budgets: this is nvcc %s; on record is: %s\n", release.c_str(), recorded_heading.c_str());
        return kSkipped;
    }
    const std::vector<std::string> now = measure(files);
    if (update) {
        std::ofstream out(files.record);
        out << heading << "\n";
        for (const std::string& line : now) {
            out << line << "\n";
        }
        return 0;
    }
    std::vector<std::string> recorded;
    for (std::string line; std::getline(in, line);) {
        recorded.push_back(line);
    }
    int differences = 0;
    using Lines = std::vector<std::string>;
    const auto report = [&](const char* which, const Lines& lines, const Lines& others) {
        for (const std::string& line : lines) {
            if (std::find(others.begin(), others.end(), line) == others.end()) {
                std::printf("budgets sm_%s: %s: %s\n", files.architecture.c_str(), which, line.c_str());
                ++differences;
            }
        }
    };
    report("on record", recorded, now);
    report("now      ", now, recorded);
    std::printf("budgets sm_%s: %zu kernels, %d lines differ%s\n", files.architecture.c_str(), now.size(), differences,
                differences == 0 ? "" : "; where that is wanted, run the command with --update and commit the record");
    return differences == 0 ? 0 : 1;
}

}  // namespace convoke::ptx
