#include "ptx/program.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace convoke::ptx {
namespace {

std::string trimmed(const std::string& text) {
    const size_t first = text.find_first_not_of(" \t\r\n");
    const size_t last = text.find_last_not_of(" \t\r\n");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

bool begins(const std::string& text, const std::string& with) { return text.compare(0, with.size(), with) == 0; }

/* Parts between the separators that are inside no bracket. */
std::vector<std::string> split(const std::string& text, char separator = ',') {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : text) {
        depth += c == '{' || c == '[' || c == '(' ? 1 : 0;
        depth -= c == '}' || c == ']' || c == ')' ? 1 : 0;
        if (c == separator && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    for (std::string& part : parts) {
        part = trimmed(part);
    }
    if (parts.back().empty()) {
        parts.pop_back();
    }
    return parts;
}

std::vector<std::string> elements(const std::string& operand) {
    return operand[0] == '{' ? split(operand.substr(1, operand.size() - 2)) : std::vector<std::string>{operand};
}

/* Bytes of a type such as .b32 or f64. */
uint32_t bytes_of(const std::string& type) {
    const size_t digits = type.find_first_of("0123456789");
    return digits == std::string::npos ? 1 : static_cast<uint32_t>(std::atoi(type.c_str() + digits)) / 8;
}

std::string demangled(const std::string& name) {
    int status = 0;
    char* text = abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status);
    std::string result = status == 0 ? text : name;
    std::free(text);
    for (const char* scope : {"(anonymous namespace)::", "convoke::cuda::"}) {
        for (size_t at = result.find(scope); at != std::string::npos; at = result.find(scope)) {
            result.erase(at, std::string(scope).size());
        }
    }
    const size_t arguments = result.find(">(");
    result = begins(result, "void ") ? result.substr(5) : result;
    return arguments == std::string::npos ? result.substr(0, result.find('('))
                                          : result.substr(0, result.find(">(") + 1);
}

/* A declaration such as `.shared .align 8 .b8 name[2048]` or `.param .u64 .ptr .align 1 name`. */
Variable parse_variable(const std::string& text) {
    std::istringstream words(text);
    Variable variable{"", 0, 0, 0};
    std::string type;
    bool is_pointer = false; /* whose alignment is that of what it points at */
    for (std::string word; words >> word;) {
        if (word == ".ptr") {
            is_pointer = true;
        } else if (word == ".align") {
            uint32_t alignment = 0;
            words >> alignment;
            variable.alignment = is_pointer ? 0 : alignment;
        } else if (word[0] == '.' && word.find_first_of("0123456789") != std::string::npos) {
            type = word;
        } else if (word[0] != '.') {
            variable.name += word;
        }
    }
    const size_t bracket = variable.name.find('[');
    const uint32_t count =
        bracket == std::string::npos ? 1 : static_cast<uint32_t>(std::atoi(variable.name.c_str() + bracket + 1));
    variable.name = variable.name.substr(0, bracket);
    variable.bytes = count * bytes_of(type);
    variable.alignment = variable.alignment == 0 ? bytes_of(type) : variable.alignment;
    return variable;
}

class Parser {
public:
    Parser(const std::string& path, Program& program) : program_(program) {
        std::ifstream in(path);
        if (!in) {
            not_understood(path + " cannot be read");
        }
        file_ = path.substr(path.rfind('/') + 1);
        for (std::string line; std::getline(in, line);) {
            text_ += line.substr(0, line.find("//")) + "\n";
        }
    }

    void parse() {
        size_t at = 0;
        while ((at = text_.find_first_not_of(" \t\r\n", at)) != std::string::npos) {
            const size_t end = text_.find('\n', at);
            const std::string line = text_.substr(at, end - at);
            line_ = line_of(at);
            if (begins(line, ".version") || begins(line, ".target") || begins(line, ".address_size")) {
                at = end;
            } else if (begins(line, ".shared")) {
                const size_t semicolon = text_.find(';', at);
                of_module_.push_back(parse_variable(text_.substr(at, semicolon - at)));
                at = semicolon + 1;
            } else if (line.find(".entry") != std::string::npos) {
                at = parse_kernel(text_.find(".entry", at) + 6);
            } else {
                fail(line);
            }
        }
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        not_understood(file_ + ":" + std::to_string(line_) + ": " + what);
    }

    /* Asked for places in ascending order. */
    int line_of(size_t at) {
        for (; counted_ < at; ++counted_) {
            lines_ += text_[counted_] == '\n' ? 1 : 0;
        }
        return lines_;
    }

    /* Returns where the text goes on behind the kernel. */
    size_t parse_kernel(size_t at) {
        auto kernel = std::make_unique<Kernel>();
        kernel_ = kernel.get();
        registers_.clear();
        labels_.clear();
        branches_.clear();
        symbols_.clear();
        const size_t open = text_.find('(', at);
        const size_t close = text_.find(')', open);
        const size_t begin = text_.find('{', close);
        const std::string name = trimmed(text_.substr(at, open - at));
        kernel->name = demangled(name);
        kernel->file = file_;
        for (const std::string& text : split(text_.substr(open + 1, close - open - 1))) {
            Variable parameter = parse_variable(text);
            parameter.offset = aligned(kernel->parameter_bytes, parameter.alignment);
            kernel->parameter_bytes = parameter.offset + parameter.bytes;
            symbols_[parameter.name] = parameter.offset;
            kernel->parameters.push_back(parameter);
        }
        const std::string directives = text_.substr(close + 1, begin - close - 1);
        const size_t threads = directives.find(".maxntid");
        kernel->most_threads =
            threads == std::string::npos ? 0 : static_cast<uint32_t>(std::atoi(directives.c_str() + threads + 8));
        size_t end = begin;
        int depth = 0;
        do {
            depth += text_[end] == '{' ? 1 : text_[end] == '}' ? -1 : 0;
        } while (depth > 0 && ++end < text_.size());
        parse_body(begin + 1, end);
        add(Kind::kReturn, "ret");
        for (const auto& [index, label] : branches_) {
            const auto found = labels_.find(label);
            if (found == labels_.end()) {
                fail("no label " + label);
            }
            kernel->code[index].target = found->second;
            kernel->code[static_cast<size_t>(found->second)].is_label = true;
        }
        program_[name] = std::move(kernel);
        return end + 1;
    }

    /* Statements end with a semicolon, labels with a colon. Braces open scopes, which change nothing. */
    void parse_body(size_t at, size_t end) {
        std::string statement;
        for (; at < end; ++at) {
            const char c = text_[at];
            const bool blank = statement.empty();
            if (blank && (std::isspace(static_cast<unsigned char>(c)) || c == '{' || c == '}')) {
                continue;
            }
            if (blank) {
                line_ = line_of(at);
            }
            if (c == ';') {
                parse_statement(statement);
                statement.clear();
            } else if (c == ':' && statement[0] == '$') {
                labels_[trimmed(statement)] = static_cast<int>(kernel_->code.size());
                statement.clear();
            } else {
                statement += c;
            }
        }
    }

    void parse_statement(const std::string& statement) {
        if (begins(statement, ".reg")) {
            declare_registers(statement.substr(4));
        } else if (begins(statement, ".shared")) {
            add_shared(parse_variable(statement));
        } else if (begins(statement, ".local")) {
            Variable variable = parse_variable(statement);
            /* A gap between neighbours, so that running over the end of one is seen. */
            variable.offset = aligned(kernel_->local_bytes + 64, 64);
            kernel_->local_bytes = variable.offset + variable.bytes;
            symbols_[variable.name] = variable.offset;
            kernel_->local.push_back(variable);
        } else if (!begins(statement, ".pragma") && !begins(statement, ".loc")) {
            parse_instruction(statement);
        }
    }

    void declare_registers(const std::string& text) {
        std::istringstream words(text);
        std::string type;
        std::string names;
        words >> type;
        std::getline(words, names);
        const auto bytes = static_cast<uint8_t>(bytes_of(type));
        for (const std::string& name : split(names)) {
            const size_t bracket = name.find('<');
            if (bracket == std::string::npos) {
                registers_[name] = new_register(bytes);
                continue;
            }
            for (int i = 0; i < std::atoi(name.c_str() + bracket + 1); ++i) {
                registers_[name.substr(0, bracket) + std::to_string(i)] = new_register(bytes);
            }
        }
    }

    /* Shared variables lie a gap apart, and are aligned to what they ask for and to no more. */
    void add_shared(Variable variable) {
        variable.offset = aligned(kernel_->shared_bytes + 256, 256) + variable.alignment;
        kernel_->shared_bytes = variable.offset + variable.bytes;
        symbols_[variable.name] = variable.offset;
        kernel_->shared.push_back(variable);
    }

    static uint32_t aligned(uint32_t offset, uint32_t alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }

    int new_register(uint8_t bytes) {
        kernel_->register_bytes.push_back(bytes);
        return static_cast<int>(kernel_->register_bytes.size()) - 1;
    }

    int constant(uint64_t value) {
        const int made = new_register(8);
        kernel_->constants.emplace_back(made, value);
        return made;
    }

    int register_of(const std::string& name) const {
        const auto found = registers_.find(name);
        if (found == registers_.end()) {
            fail("no register " + name);
        }
        return found->second;
    }

    uint64_t address_of(const std::string& symbol) {
        if (symbols_.find(symbol) == symbols_.end()) {
            for (const Variable& variable : of_module_) {
                if (variable.name == symbol) {
                    add_shared(variable);
                }
            }
        }
        const auto found = symbols_.find(symbol);
        if (found == symbols_.end()) {
            fail("no symbol " + symbol);
        }
        return found->second;
    }

    /* The register of an operand, one made for it where it is a constant, an address or a special register. */
    int operand(const std::string& text, uint32_t bytes) {
        static const char* const kSpecials[] = {"%tid.", "%ntid.", "%ctaid.", "%nctaid.", "%laneid"};
        if (std::any_of(std::begin(kSpecials), std::end(kSpecials), [&](const char* s) { return begins(text, s); })) {
            const auto found = kernel_->specials.find(text);
            return found != kernel_->specials.end() ? found->second : kernel_->specials[text] = new_register(4);
        }
        if (text[0] == '%') {
            return register_of(text);
        }
        if (text[0] == '0' && text.size() > 2 && std::string("fFdD").find(text[1]) != std::string::npos) {
            return constant(std::strtoull(text.c_str() + 2, nullptr, 16));
        }
        if (std::isdigit(static_cast<unsigned char>(text[0])) || text[0] == '-') {
            const uint64_t size = std::strtoull(text.c_str() + (text[0] == '-' ? 1 : 0), nullptr, 0);
            const uint64_t value = text[0] == '-' ? uint64_t{0} - size : size;
            return constant(bytes >= 8 ? value : value & ((uint64_t{1} << 8 * bytes) - 1));
        }
        return constant(address_of(text));
    }

    /* [register + offset] or [symbol + offset]. */
    void parse_address(const std::string& text, Instruction& instruction) {
        const std::string inner = trimmed(text.substr(1, text.size() - 2));
        const size_t plus = inner.find('+');
        const std::string base = trimmed(inner.substr(0, plus));
        instruction.offset = plus == std::string::npos ? 0 : std::strtoll(inner.c_str() + plus + 1, nullptr, 0);
        if (base[0] == '%') {
            instruction.base = register_of(base);
        } else {
            instruction.offset += static_cast<int64_t>(address_of(base));
        }
    }

    Instruction& add(Kind kind, const std::string& text) {
        kernel_->code.emplace_back();
        Instruction& instruction = kernel_->code.back();
        instruction.kind = kind;
        instruction.text = text;
        instruction.line = line_;
        return instruction;
    }

    void parse_instruction(const std::string& statement) {
        std::string rest = statement;
        Instruction made;
        if (rest[0] == '@') {
            const size_t space = rest.find_first_of(" \t");
            made.negated = rest[1] == '!';
            made.predicate = register_of(rest.substr(made.negated ? 2 : 1, space - (made.negated ? 2 : 1)));
            rest = trimmed(rest.substr(space));
        }
        const size_t space = rest.find_first_of(" \t");
        const std::string opcode = rest.substr(0, space);
        const std::vector<std::string> operands =
            space == std::string::npos ? std::vector<std::string>{} : split(trimmed(rest.substr(space)));
        const std::vector<std::string> parts = split(opcode, '.');
        const std::string& type = parts.back();
        const auto has = [&](const char* part) { return std::find(parts.begin(), parts.end(), part) != parts.end(); };
        const auto width = static_cast<uint8_t>(bytes_of(type));
        made.width = width;
        made.line = line_;
        made.text = statement;
        if (opcode == "ret" || opcode == "exit") {
            made.kind = Kind::kReturn;
        } else if (parts[0] == "bra") {
            made.kind = Kind::kBranch;
            branches_.emplace_back(kernel_->code.size(), operands[0]);
        } else if (opcode == "bar.sync" && operands.size() == 1 && operands[0] == "0") {
            made.kind = Kind::kBarrier;
        } else if (opcode == "membar.gl" || opcode == "fence.acq_rel.gpu" || opcode == "fence.sc.gpu") {
            made.kind = Kind::kFence;
        } else if (parts[0] == "ld" || parts[0] == "st") {
            static const std::string kKnown = " ld st param global shared local v2 v4 cg nc volatile ";
            for (size_t i = 0; i + 1 < parts.size(); ++i) {
                if (kKnown.find(" " + parts[i] + " ") == std::string::npos) {
                    fail(statement);
                }
            }
            made.kind = parts[0] == "ld" ? Kind::kLoad : Kind::kStore;
            made.space = has("param")    ? Space::kParameter
                         : has("global") ? Space::kGlobal
                         : has("shared") ? Space::kShared
                         : has("local")  ? Space::kLocal
                                         : Space::kGeneric;
            made.past_first_cache = has("cg") || has("volatile");
            made.read_only = has("nc");
            made.is_signed = type[0] == 's';
            parse_address(operands[made.kind == Kind::kLoad ? 1 : 0], made);
            for (const std::string& element : elements(operands[made.kind == Kind::kLoad ? 0 : 1])) {
                if (made.kind == Kind::kLoad) {
                    made.to.push_back(register_of(element));
                } else {
                    made.from.push_back(operand(element, width));
                }
            }
        } else if (parts[0] == "atom" && has("global") && has("add") && (has("acq_rel") == has("gpu"))) {
            made.kind = Kind::kAtomicAdd;
            made.space = Space::kGlobal;
            made.acquires_and_releases = has("acq_rel");
            made.to = {register_of(operands[0])};
            parse_address(operands[1], made);
            made.from = {operand(operands[2], width)};
        } else if (opcode == "shfl.sync.bfly.b32") {
            made.kind = Kind::kShuffle;
            for (const std::string& result : split(operands[0], '|')) {
                made.to.push_back(register_of(result));
            }
            for (int i = 1; i < 5; ++i) {
                made.from.push_back(operand(operands[static_cast<size_t>(i)], 4));
            }
        } else if (parts[0] == "mov" && (operands[0][0] == '{' || operands[1][0] == '{')) {
            made.kind = operands[0][0] == '{' ? Kind::kUnpack : Kind::kPack;
            const std::vector<std::string> many = elements(operands[made.kind == Kind::kPack ? 1 : 0]);
            made.width = static_cast<uint8_t>(width / many.size());
            for (const std::string& element : many) {
                if (made.kind == Kind::kPack) {
                    made.from.push_back(operand(element, made.width));
                } else {
                    made.to.push_back(element == "_" ? -1 : register_of(element));
                }
            }
            if (made.kind == Kind::kPack) {
                made.to = {register_of(operands[0])};
            } else {
                made.from = {operand(operands[1], width)};
            }
        } else {
            const ArithmeticForm form = arithmetic_of(opcode);
            if (form.function == nullptr || operands.size() != static_cast<size_t>(form.sources) + 1) {
                fail("no such instruction: " + statement);
            }
            made.kind = Kind::kArithmetic;
            made.function = form.function;
            made.to = {register_of(operands[0])};
            for (int i = 0; i < form.sources; ++i) {
                const bool is_count = (parts[0] == "shl" || parts[0] == "shr") && i == 1;
                const bool is_wide = has("wide") && i == 2;
                made.from.push_back(operand(operands[static_cast<size_t>(i) + 1], is_count ? 4 : is_wide ? 8 : width));
            }
            made.from.resize(kMostSources, made.from[0]);
        }
        kernel_->code.push_back(std::move(made));
    }

    Program& program_;
    std::string file_;
    std::string text_;
    int line_ = 0; /* of what is being parsed */
    size_t counted_ = 0;
    int lines_ = 1;
    std::vector<Variable> of_module_;
    Kernel* kernel_ = nullptr;
    std::map<std::string, int> registers_;
    std::map<std::string, int> labels_;
    std::vector<std::pair<size_t, std::string>> branches_;
    std::map<std::string, uint64_t> symbols_;
};

}  // namespace

void not_understood(const std::string& what) {
    std::fprintf(stderr, "ptx: %s\n", what.c_str());
    std::exit(2);
}

void read_ptx(const std::string& path, Program& program) { Parser(path, program).parse(); }

}  // namespace convoke::ptx
