/*
 * Holds a transcript of the simulated device against one of a GPU (recorder.cpp writes both):
 *
 *   compare_transcripts [--exact] SIMULATED REAL
 *
 * Calls and arguments must be the same, line by line; which algorithm was chosen may differ. Results must agree within
 * the tolerance of their type; with --exact they must have the same bits. Prints each difference and a last line, and
 * exits with 1 when there is one.
 */
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

namespace {

/*
 * Differences are measured by the root mean square of the result's elements, of which sums of n elements may differ by
 * sqrt(n) times as much. Float results of tensor cores (TF32) come from operands of 11 bits, bfloat16's of 8.
 */
constexpr double kFloatTolerance = 2e-3;
constexpr double kBfloat16Tolerance = 2e-2;

struct Result {
    std::string type, bits;
    double count, sum, squares, least, most;
};

struct Line {
    std::string call;
    std::map<std::string, Result> results;
};

Line parse(const std::string& text) {
    static const std::regex choice("\"algorithm\":-?[0-9]+");
    static const std::regex head("\"n\":[0-9]+,");
    static const std::regex result(
        "\"([^\"]+)\":\\{\"type\":\"(\\w+)\",\"count\":([0-9]+),\"sum\":\"?([^,\"]+)\"?,\"squares\":\"?([^,\"]+)\"?,"
        "\"least\":\"?([^,\"]+)\"?,\"most\":\"?([^,\"]+)\"?,\"bits\":\"(\\w+)\"\\}");
    const size_t results = text.find("\"results\":{");
    Line line;
    line.call = std::regex_replace(std::regex_replace(text.substr(0, results), choice, "\"algorithm\":any"), head, "");
    const std::string tail = results == std::string::npos ? "" : text.substr(results + std::strlen("\"results\":{"));
    for (std::sregex_iterator found(tail.begin(), tail.end(), result), end; found != end; ++found) {
        const std::smatch& m = *found;
        line.results[m[1]] = {m[2],           m[8], std::stod(m[3]), std::stod(m[4]), std::stod(m[5]), std::stod(m[6]),
                              std::stod(m[7])};
    }
    return line;
}

bool near(double a, double b, double allowed) {
    return std::fabs(a - b) <= allowed || (std::isnan(a) && std::isnan(b)) || a == b;
}

bool agree(const Result& a, const Result& b, bool exact) {
    if (a.type != b.type || a.count != b.count || exact) {
        return exact && a.bits == b.bits;
    }
    const double tolerance = a.type == "float" ? kFloatTolerance : kBfloat16Tolerance;
    const double size = std::sqrt(std::max(a.squares, b.squares) / a.count);
    return near(a.sum, b.sum, tolerance * size * std::sqrt(a.count)) &&
           near(a.squares, b.squares, tolerance * std::max(a.squares, b.squares)) &&
           near(a.least, b.least, tolerance * std::max(size, std::fabs(b.least))) &&
           near(a.most, b.most, tolerance * std::max(size, std::fabs(b.most)));
}

bool read(const char* name, std::vector<Line>& lines) {
    std::ifstream file(name);
    for (std::string text; std::getline(file, text);) {
        lines.push_back(parse(text));
    }
    if (lines.empty()) {
        std::fprintf(stderr, "compare_transcripts: %s: no transcript\n", name);
    }
    return !lines.empty();
}

}  // namespace

int main(int argc, char** argv) {
    const bool exact = argc == 4 && std::strcmp(argv[1], "--exact") == 0;
    if (argc != 3 && !exact) {
        std::fprintf(stderr, "usage: compare_transcripts [--exact] SIMULATED REAL\n");
        return 2;
    }
    std::vector<Line> simulated, real;
    if (!read(argv[argc - 2], simulated) || !read(argv[argc - 1], real)) {
        return 2;
    }
    size_t differences = simulated.size() == real.size() ? 0 : 1;
    size_t results = 0;
    const size_t common = std::min(simulated.size(), real.size());
    for (size_t i = 0; i < common; ++i) {
        if (simulated[i].call != real[i].call) {
            ++differences;
            std::printf("line %zu: %s\n       not: %s\n", i + 1, simulated[i].call.c_str(), real[i].call.c_str());
            continue;
        }
        for (const auto& [name, result] : simulated[i].results) {
            const auto other = real[i].results.find(name);
            ++results;
            if (other == real[i].results.end() || !agree(result, other->second, exact)) {
                ++differences;
                std::printf("line %zu: result %s differs: %s\n", i + 1, name.c_str(), simulated[i].call.c_str());
            }
        }
    }
    std::printf("compare_transcripts: %zu and %zu calls, %zu results, %zu differences\n", simulated.size(), real.size(),
                results, differences);
    return differences == 0 ? 0 : 1;
}
