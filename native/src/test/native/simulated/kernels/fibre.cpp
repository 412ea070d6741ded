#include "fibre.h"

#include <cstdint>

namespace convoke::simulated {

namespace {

/* Kernels hold a few kilobytes at most; pages that are never touched cost nothing. */
constexpr size_t kStackBytes = 64 * 1024;

}  // namespace

Fibre::Fibre() : stack_(new char[kStackBytes]) {}

#if defined(__x86_64__)

/*
 * ucontext asks the kernel for the signal mask at every switch; a grid switches at every barrier of every thread. The
 * System V ABI wants these registers kept, and the stack to be 16 bytes aligned before the call that a `ret` stands
 * for.
 */
extern "C" void convoke_switch_stack(void** from, void* to);
asm(R"(
    .text
    .local convoke_switch_stack
    .type convoke_switch_stack, @function
convoke_switch_stack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size convoke_switch_stack, . - convoke_switch_stack
)");

void Fibre::prepare(void (*entry)()) {
    const uintptr_t top = reinterpret_cast<uintptr_t>(stack_.get() + kStackBytes) / 16 * 16;
    void** place = reinterpret_cast<void**>(top);
    *--place = nullptr; /* where entry would return to */
    *--place = reinterpret_cast<void*>(entry);
    for (int saved = 0; saved < 6; ++saved) {
        *--place = nullptr;
    }
    inside_ = place;
}

void Fibre::resume() { convoke_switch_stack(&outside_, inside_); }

void Fibre::stop() { convoke_switch_stack(&inside_, outside_); }

#else

void Fibre::prepare(void (*entry)()) {
    getcontext(&inside_);
    inside_.uc_stack.ss_sp = stack_.get();
    inside_.uc_stack.ss_size = kStackBytes;
    inside_.uc_link = nullptr;
    makecontext(&inside_, entry, 0);
}

void Fibre::resume() { swapcontext(&outside_, &inside_); }

void Fibre::stop() { swapcontext(&inside_, &outside_); }

#endif

}  // namespace convoke::simulated
