/*
 * The arithmetic of PTX, by opcode. Registers hold their value's bits, zeros above them. Not a number is what NVIDIA's
 * processors make: 0x7fffffff, whatever the operands were.
 */
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <unordered_map>

#include "ptx/program.h"

namespace convoke::ptx {
namespace {

template <class T>
T value_of(uint64_t bits) {
    T value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

template <class T>
uint64_t bits_of(T value) {
    if constexpr (std::is_same_v<T, float>) {
        if (std::isnan(value)) {
            return 0x7fffffff;
        }
    } else if constexpr (std::is_same_v<T, double>) {
        if (std::isnan(value)) {
            return 0x7fffffffffffffff;
        }
    }
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
}

template <class T>
bool unordered(T a, T b) {
    return a != a || b != b;
}

/* Opcodes and their functions; what defines them are captureless lambdas of one, two, three or four words. */
class Table {
public:
    template <class F>
    void add(const std::string& opcode, F) {
        forms_[opcode] = ArithmeticForm{&run<F>, sources_of<F>};
    }

    ArithmeticForm find(const std::string& opcode) const {
        const auto found = forms_.find(opcode);
        return found == forms_.end() ? ArithmeticForm{} : found->second;
    }

private:
    template <class F>
    static constexpr int sources_of = std::is_invocable_v<F, uint64_t>                       ? 1
                                      : std::is_invocable_v<F, uint64_t, uint64_t>           ? 2
                                      : std::is_invocable_v<F, uint64_t, uint64_t, uint64_t> ? 3
                                                                                             : 4;

    template <class F>
    static uint64_t one(const F& f, const uint64_t* const* from, int lane) {
        if constexpr (sources_of<F> == 1) {
            return f(from[0][lane]);
        } else if constexpr (sources_of<F> == 2) {
            return f(from[0][lane], from[1][lane]);
        } else if constexpr (sources_of<F> == 3) {
            return f(from[0][lane], from[1][lane], from[2][lane]);
        } else {
            return f(from[0][lane], from[1][lane], from[2][lane], from[3][lane]);
        }
    }

    /* A captureless lambda has no state, so that any object of its type will do; C++17 cannot make one. */
    template <class F>
    static void run(uint64_t* to, const uint64_t* const* from, uint32_t lanes) {
        static_assert(std::is_empty_v<F>, "without captures");
        alignas(F) static const char storage[sizeof(F)] = {};
        const F& f = *reinterpret_cast<const F*>(storage);
        if (lanes == ~uint32_t{0}) {
            for (int lane = 0; lane < kLanes; ++lane) {
                to[lane] = one(f, from, lane);
            }
            return;
        }
        for (; lanes != 0; lanes &= lanes - 1) {
            const int lane = __builtin_ctz(lanes);
            to[lane] = one(f, from, lane);
        }
    }

    std::unordered_map<std::string, ArithmeticForm> forms_;
};

using Word = uint64_t;

template <class T>
void add_comparisons(Table& table, const std::string& type) {
    table.add("setp.eq." + type, [](Word a, Word b) -> Word { return value_of<T>(a) == value_of<T>(b); });
    table.add("setp.lt." + type, [](Word a, Word b) -> Word { return value_of<T>(a) < value_of<T>(b); });
    table.add("setp.le." + type, [](Word a, Word b) -> Word { return value_of<T>(a) <= value_of<T>(b); });
    table.add("setp.gt." + type, [](Word a, Word b) -> Word { return value_of<T>(a) > value_of<T>(b); });
    table.add("setp.ge." + type, [](Word a, Word b) -> Word { return value_of<T>(a) >= value_of<T>(b); });
    table.add("setp.ne." + type, [](Word a, Word b) -> Word {
        return !unordered(value_of<T>(a), value_of<T>(b)) && value_of<T>(a) != value_of<T>(b);
    });
}

template <class T>
T shifted_right(T value, Word count) {
    constexpr Word kBits = sizeof(T) * 8;
    return count < kBits ? static_cast<T>(value >> count) : static_cast<T>(value < 0 ? -1 : 0);
}

template <class T>
void add_integers(Table& table, const std::string& type) {
    using U = std::make_unsigned_t<T>;
    table.add("add." + type, [](Word a, Word b) -> Word { return static_cast<U>(a + b); });
    table.add("sub." + type, [](Word a, Word b) -> Word { return static_cast<U>(a - b); });
    table.add("mul.lo." + type, [](Word a, Word b) -> Word { return static_cast<U>(a * b); });
    table.add("mad.lo." + type, [](Word a, Word b, Word c) -> Word { return static_cast<U>(a * b + c); });
    table.add("min." + type, [](Word a, Word b) { return bits_of(std::min(value_of<T>(a), value_of<T>(b))); });
    table.add("max." + type, [](Word a, Word b) { return bits_of(std::max(value_of<T>(a), value_of<T>(b))); });
    table.add("neg." + type, [](Word a) -> Word { return static_cast<U>(0 - a); });
    table.add("abs." + type, [](Word a) -> Word { return static_cast<U>(value_of<T>(a) < 0 ? 0 - a : a); });
    table.add("shr." + type, [](Word a, Word b) { return bits_of(shifted_right(value_of<T>(a), b)); });
    table.add("div." + type, [](Word a, Word b) -> Word {
        return value_of<T>(b) == 0 ? static_cast<U>(-1) : bits_of(static_cast<T>(value_of<T>(a) / value_of<T>(b)));
    });
    table.add("rem." + type, [](Word a, Word b) -> Word {
        return value_of<T>(b) == 0 ? a : bits_of(static_cast<T>(value_of<T>(a) % value_of<T>(b)));
    });
    add_comparisons<T>(table, type);
}

template <class U>
void add_bits(Table& table, const std::string& type) {
    table.add("and." + type, [](Word a, Word b) { return a & b; });
    table.add("or." + type, [](Word a, Word b) { return a | b; });
    table.add("xor." + type, [](Word a, Word b) { return a ^ b; });
    table.add("not." + type, [](Word a) -> Word { return static_cast<U>(~a); });
    table.add("shl." + type, [](Word a, Word b) -> Word { return b >= sizeof(U) * 8 ? 0 : static_cast<U>(a << b); });
    table.add("shr." + type, [](Word a, Word b) -> Word { return b >= sizeof(U) * 8 ? 0 : a >> b; });
    add_comparisons<U>(table, type);
}

/* A NaN gives the other operand; -0 is less than +0. */
template <class T>
T greater(T a, T b) {
    return a != a ? b : b != b ? a : a == b ? (std::signbit(a) ? b : a) : a > b ? a : b;
}

template <class T>
void add_floats(Table& table, const std::string& type) {
    const auto each = [&](const std::string& name, const auto& function) {
        table.add(name + ".rn." + type, function);
        table.add(name + "." + type, function);
    };
    each("add", [](Word a, Word b) { return bits_of<T>(value_of<T>(a) + value_of<T>(b)); });
    each("sub", [](Word a, Word b) { return bits_of<T>(value_of<T>(a) - value_of<T>(b)); });
    each("mul", [](Word a, Word b) { return bits_of<T>(value_of<T>(a) * value_of<T>(b)); });
    each("div", [](Word a, Word b) { return bits_of<T>(value_of<T>(a) / value_of<T>(b)); });
    each("rcp", [](Word a) { return bits_of<T>(T{1} / value_of<T>(a)); });
    each("sqrt", [](Word a) { return bits_of<T>(std::sqrt(value_of<T>(a))); });
    each("fma",
         [](Word a, Word b, Word c) { return bits_of<T>(std::fma(value_of<T>(a), value_of<T>(b), value_of<T>(c))); });
    each("max", [](Word a, Word b) { return bits_of<T>(greater(value_of<T>(a), value_of<T>(b))); });
    each("min", [](Word a, Word b) { return bits_of<T>(-greater(-value_of<T>(a), -value_of<T>(b))); });
    constexpr Word kSign = Word{1} << (sizeof(T) * 8 - 1);
    each("neg", [](Word a) { return a ^ kSign; });
    each("abs", [](Word a) { return a & ~kSign; });
    add_comparisons<T>(table, type);
    /* The same, or true where an operand is not a number. */
    table.add("setp.equ." + type, [](Word a, Word b) -> Word {
        return !(value_of<T>(a) < value_of<T>(b) || value_of<T>(a) > value_of<T>(b));
    });
    table.add("setp.neu." + type, [](Word a, Word b) -> Word { return !(value_of<T>(a) == value_of<T>(b)); });
    table.add("setp.ltu." + type, [](Word a, Word b) -> Word { return !(value_of<T>(a) >= value_of<T>(b)); });
    table.add("setp.leu." + type, [](Word a, Word b) -> Word { return !(value_of<T>(a) > value_of<T>(b)); });
    table.add("setp.gtu." + type, [](Word a, Word b) -> Word { return !(value_of<T>(a) <= value_of<T>(b)); });
    table.add("setp.geu." + type, [](Word a, Word b) -> Word { return !(value_of<T>(a) < value_of<T>(b)); });
    table.add("setp.num." + type, [](Word a, Word b) -> Word { return !unordered(value_of<T>(a), value_of<T>(b)); });
    table.add("setp.nan." + type, [](Word a, Word b) -> Word { return unordered(value_of<T>(a), value_of<T>(b)); });
}

/* Integers cut or extended to integers. */
template <class To, class From>
void add_resize(Table& table, const std::string& to, const std::string& from) {
    table.add("cvt." + to + "." + from, [](Word a) { return bits_of(static_cast<To>(value_of<From>(a))); });
}

/* Rounded to the nearest, ties to even: the host's own mode. */
template <class To, class From>
void add_round(Table& table, const std::string& to, const std::string& from) {
    table.add("cvt.rn." + to + "." + from, [](Word a) { return bits_of(static_cast<To>(value_of<From>(a))); });
}

template <class From>
int32_t truncated(From value) {
    constexpr From kLimit = From{2147483648.0};
    return value != value     ? 0
           : value >= kLimit  ? std::numeric_limits<int32_t>::max()
           : value <= -kLimit ? std::numeric_limits<int32_t>::min()
                              : static_cast<int32_t>(value);
}

template <class From>
void add_conversions(Table& table, const std::string& from) {
    add_round<float, From>(table, "f32", from);
    add_round<double, From>(table, "f64", from);
    add_resize<uint8_t, From>(table, "u8", from);
    add_resize<uint16_t, From>(table, "u16", from);
    add_resize<int16_t, From>(table, "s16", from);
    add_resize<uint32_t, From>(table, "u32", from);
    add_resize<int32_t, From>(table, "s32", from);
    add_resize<uint64_t, From>(table, "u64", from);
    add_resize<int64_t, From>(table, "s64", from);
}

Word permuted(Word a, Word b, Word selectors) {
    const Word all = b << 32 | a;
    Word result = 0;
    for (int i = 0; i < 4; ++i) {
        const Word selector = selectors >> 4 * i & 15;
        const Word byte = all >> 8 * (selector & 7) & 255;
        result |= ((selector & 8) == 0 ? byte : (byte & 128) != 0 ? Word{255} : Word{0}) << 8 * i;
    }
    return result;
}

Word bit_mask(Word count) { return count >= 32 ? 0xffffffff : (Word{1} << count) - 1; }

Word extracted(Word a, Word position, Word count) {
    return (position & 255) > 31 ? 0 : a >> (position & 255) & bit_mask(count & 255);
}

Word inserted(Word a, Word b, Word position, Word count) {
    const Word at = position & 255;
    const Word mask = at > 31 ? 0 : bit_mask(count & 255) << at & 0xffffffff;
    return (b & ~mask) | ((at > 31 ? 0 : a << at) & mask);
}

Table make_table() {
    Table table;
    add_bits<uint16_t>(table, "b16");
    add_bits<uint32_t>(table, "b32");
    add_bits<uint64_t>(table, "b64");
    add_integers<int16_t>(table, "s16");
    add_integers<uint16_t>(table, "u16");
    add_integers<int32_t>(table, "s32");
    add_integers<uint32_t>(table, "u32");
    add_integers<int64_t>(table, "s64");
    add_integers<uint64_t>(table, "u64");
    add_floats<float>(table, "f32");
    add_floats<double>(table, "f64");
    for (const char* type : {"b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64", "pred"}) {
        table.add(std::string("mov.") + type, [](Word a) { return a; });
        table.add(std::string("selp.") + type, [](Word a, Word b, Word c) { return c != 0 ? a : b; });
    }
    table.add("and.pred", [](Word a, Word b) { return a & b; });
    table.add("or.pred", [](Word a, Word b) { return a | b; });
    table.add("xor.pred", [](Word a, Word b) { return a ^ b; });
    table.add("not.pred", [](Word a) { return a ^ 1; });
    table.add("mul.wide.u16", [](Word a, Word b) { return a * b; });
    table.add("mul.wide.s16", [](Word a, Word b) { return bits_of(value_of<int16_t>(a) * value_of<int16_t>(b)); });
    table.add("mul.wide.u32", [](Word a, Word b) { return a * b; });
    table.add("mul.wide.s32",
              [](Word a, Word b) { return bits_of(int64_t{value_of<int32_t>(a)} * int64_t{value_of<int32_t>(b)}); });
    table.add("mad.wide.u32", [](Word a, Word b, Word c) { return a * b + c; });
    table.add("mad.wide.s32", [](Word a, Word b, Word c) {
        return bits_of(int64_t{value_of<int32_t>(a)} * int64_t{value_of<int32_t>(b)}) + c;
    });
    table.add("mul.hi.u32", [](Word a, Word b) { return a * b >> 32; });
    table.add("mul.hi.s32", [](Word a, Word b) {
        return bits_of(int64_t{value_of<int32_t>(a)} * int64_t{value_of<int32_t>(b)}) >> 32;
    });
    table.add("mul.hi.u64",
              [](Word a, Word b) { return static_cast<Word>(static_cast<unsigned __int128>(a) * b >> 64); });
    table.add("mul.hi.s64", [](Word a, Word b) {
        return static_cast<Word>(static_cast<__int128>(value_of<int64_t>(a)) * value_of<int64_t>(b) >> 64);
    });
    table.add("prmt.b32", [](Word a, Word b, Word c) { return permuted(a, b, c); });
    table.add("bfe.u32", [](Word a, Word b, Word c) { return extracted(a, b, c); });
    table.add("bfi.b32", [](Word a, Word b, Word c, Word d) { return inserted(a, b, c, d); });
    add_conversions<uint8_t>(table, "u8");
    add_conversions<int8_t>(table, "s8");
    add_conversions<uint16_t>(table, "u16");
    add_conversions<int16_t>(table, "s16");
    add_conversions<uint32_t>(table, "u32");
    add_conversions<int32_t>(table, "s32");
    add_conversions<uint64_t>(table, "u64");
    add_conversions<int64_t>(table, "s64");
    add_resize<double, float>(table, "f64", "f32");
    add_round<float, double>(table, "f32", "f64");
    table.add("cvt.rzi.s32.f32", [](Word a) { return bits_of(truncated(value_of<float>(a))); });
    table.add("cvt.rzi.s32.f64", [](Word a) { return bits_of(truncated(value_of<double>(a))); });
    table.add("cvta.to.global.u64", [](Word a) { return a; });
    table.add("cvta.shared.u64", [](Word a) { return a + kSharedWindow; });
    return table;
}

}  // namespace

ArithmeticForm arithmetic_of(const std::string& opcode) {
    static const Table table = make_table();
    return table.find(opcode);
}

}  // namespace convoke::ptx
