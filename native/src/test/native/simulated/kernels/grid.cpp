/*
 * A grid of threads on one host thread. A thread borrows a stack when it starts and gives it back when it ends, so that
 * a kernel without barriers needs one stack for all of its threads.
 */
#include <mutex>

#include "../../../../main/native/cuda/launch.h"
#include "fibre.h"

dim3 threadIdx;
dim3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace convoke::simulated {
namespace {

constexpr unsigned kWarp = 32;

enum class Stage { kNew, kReady, kAtBlockBarrier, kAtWarpBarrier, kEnded };

struct Thread {
    Stage stage = Stage::kNew;
    Fibre* fibre = nullptr;
    unsigned shuffles = 0;
    uint64_t brought[2] = {}; /* to this shuffle and the one before: a fast lane is at most one ahead */
};

void run_current_thread();

/* The block that runs. */
class Block {
public:
    void run(unsigned threads, bool backward, const std::function<void()>& body) {
        body_ = &body;
        threads_.assign(threads, Thread{});
        at_block_barrier_ = 0;
        at_warp_barrier_.assign((threads + kWarp - 1) / kWarp, 0);
        backward_ = backward;
        for (ended_ = 0; ended_ < threads;) {
            unsigned ran = 0;
            for (place_ = 0; place_ < threads; ++place_) {
                Thread& thread = at(place_);
                if (thread.stage == Stage::kNew || thread.stage == Stage::kReady) {
                    advance(thread);
                    ++ran;
                }
            }
            if (ran == 0) {
                give_up();
                return;
            }
        }
    }

    void wait_for_block() {
        if (++at_block_barrier_ == threads_.size()) {
            at_block_barrier_ = 0;
            release(Stage::kAtBlockBarrier, 0, threads_.size());
        } else {
            wait(Stage::kAtBlockBarrier);
        }
    }

    uint64_t exchange(uint64_t brought, unsigned source) {
        const unsigned first = threadIdx.x / kWarp * kWarp;
        const unsigned slot = current_->shuffles++ % 2;
        current_->brought[slot] = brought;
        unsigned& arrived = at_warp_barrier_[threadIdx.x / kWarp];
        if (++arrived == kWarp) {
            arrived = 0;
            release(Stage::kAtWarpBarrier, first, first + kWarp);
        } else {
            wait(Stage::kAtWarpBarrier);
        }
        return threads_[first + source].brought[slot];
    }

    /* A thread, and on its stack those after it that have not started: without barriers no stack is ever switched. */
    void run_body() {
        for (;;) {
            (*body_)();
            current_->stage = Stage::kEnded;
            ++ended_;
            if (place_ + 1 == threads_.size() || at(place_ + 1).stage != Stage::kNew) {
                current_->fibre->stop();
            }
            Thread& next = at(++place_);
            next.fibre = current_->fibre;
            enter(next);
        }
    }

private:
    Thread& at(size_t place) { return threads_[backward_ ? threads_.size() - 1 - place : place]; }

    void enter(Thread& thread) {
        thread.stage = Stage::kReady;
        current_ = &thread;
        threadIdx.x = static_cast<unsigned>(&thread - threads_.data());
    }

    /* Runs a thread until it waits or ends, and those that run on its stack behind it. */
    void advance(Thread& thread) {
        if (thread.stage == Stage::kNew) {
            if (idle_.empty()) {
                fibres_.push_back(std::make_unique<Fibre>());
                idle_.push_back(fibres_.back().get());
            }
            thread.fibre = idle_.back();
            idle_.pop_back();
            thread.fibre->prepare(run_current_thread);
        }
        Fibre* fibre = thread.fibre;
        enter(thread);
        fibre->resume();
        if (current_->stage == Stage::kEnded) {
            idle_.push_back(fibre);
        }
    }

    void wait(Stage stage) {
        current_->stage = stage;
        current_->fibre->stop();
    }

    void release(Stage stage, size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) {
            if (threads_[i].stage == stage) {
                threads_[i].stage = Stage::kReady;
            }
        }
    }

    /* Nobody can go on: on a GPU the kernel would hang, or worse. */
    void give_up() {
        violation("kernel", "block " + std::to_string(blockIdx.x) + ": some of its " + std::to_string(threads_.size()) +
                                " threads wait for others that do not come");
        for (Thread& thread : threads_) {
            if (thread.stage != Stage::kEnded) {
                idle_.push_back(thread.fibre);
            }
        }
    }

    const std::function<void()>* body_ = nullptr;
    std::vector<Thread> threads_;
    Thread* current_ = nullptr;
    bool backward_ = false;
    size_t place_ = 0; /* of the current thread, in the order in which they run */
    size_t ended_ = 0;
    size_t at_block_barrier_ = 0;
    std::vector<unsigned> at_warp_barrier_;
    std::vector<std::unique_ptr<Fibre>> fibres_;
    std::vector<Fibre*> idle_;
};

std::mutex one_grid;
Block block;

void run_current_thread() { block.run_body(); }

}  // namespace

void run_grid(dim3 blocks, int threads, const std::function<void()>& thread_body) {
    const bool backward = setting("CONVOKE_SIM_THREAD_ORDER", "forward") == "backward";
    const std::lock_guard<std::mutex> lock(one_grid);
    gridDim = blocks;
    blockDim = dim3(static_cast<unsigned>(threads));
    const unsigned count = blocks.x * blocks.y;
    for (unsigned i = 0; i < count; ++i) {
        const unsigned index = backward ? count - 1 - i : i;
        blockIdx = dim3(index % blocks.x, index / blocks.x);
        block.run(blockDim.x, backward, thread_body);
    }
}

void wait_for_block() { block.wait_for_block(); }

uint64_t exchange_in_warp(uint64_t brought, unsigned source) { return block.exchange(brought, source); }

}  // namespace convoke::simulated
