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
        for (unsigned ended = 0; ended < threads;) {
            unsigned ran = 0;
            for (unsigned i = 0; i < threads; ++i) {
                Thread& thread = threads_[backward ? threads - 1 - i : i];
                if (thread.stage == Stage::kNew || thread.stage == Stage::kReady) {
                    ended += advance(thread) ? 1 : 0;
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

    void run_body() {
        (*body_)();
        current_->stage = Stage::kEnded;
        current_->fibre->stop();
    }

private:
    /* Runs a thread until it waits or ends; whether it has ended. */
    bool advance(Thread& thread) {
        if (thread.stage == Stage::kNew) {
            if (idle_.empty()) {
                fibres_.push_back(std::make_unique<Fibre>());
                idle_.push_back(fibres_.back().get());
            }
            thread.fibre = idle_.back();
            idle_.pop_back();
            thread.fibre->prepare(run_current_thread);
        }
        thread.stage = Stage::kReady;
        current_ = &thread;
        threadIdx.x = static_cast<unsigned>(&thread - threads_.data());
        thread.fibre->resume();
        if (thread.stage != Stage::kEnded) {
            return false;
        }
        idle_.push_back(thread.fibre);
        return true;
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
