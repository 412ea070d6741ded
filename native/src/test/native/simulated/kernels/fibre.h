/* A fibre: a function that can stop in the middle and go on later, on a stack of its own. */
#ifndef CONVOKE_SIMULATED_KERNELS_FIBRE_H
#define CONVOKE_SIMULATED_KERNELS_FIBRE_H

#include <cstddef>
#include <memory>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace convoke::simulated {

/* A stack, and where on it the fibre that uses it has stopped. */
class Fibre {
public:
    Fibre();
    Fibre(const Fibre&) = delete;
    Fibre& operator=(const Fibre&) = delete;

    /* Makes the stack ready to run `entry`, which must not return: it ends with a last stop(). */
    void prepare(void (*entry)());

    /* Runs the fibre until it stops. */
    void resume();

    /* To be called on the fibre: goes back to whoever resumed it. */
    void stop();

private:
    std::unique_ptr<char[]> stack_;
#if defined(__x86_64__)
    void* inside_ = nullptr;
    void* outside_ = nullptr;
#else
    ucontext_t inside_;
    ucontext_t outside_;
#endif
};

}  // namespace convoke::simulated

#endif
