/* What a stream, or the host, knows to be finished: the last piece of work of each stream that comes before its next.
 */
#ifndef CONVOKE_SIMULATED_CLOCK_H
#define CONVOKE_SIMULATED_CLOCK_H

#include <algorithm>
#include <cstdint>
#include <map>

namespace convoke::simulated {

/*
 * A vector clock: work `a` comes before work `b` exactly when b's clock knows a's stream up to a's number. Two pieces
 * of work of which neither knows the other may run in any order, and on a GPU at the same time.
 */
class Clock {
public:
    void learn(uint64_t stream, uint64_t number) {
        uint64_t& known = known_[stream];
        known = std::max(known, number);
    }

    /*
     * All that `other` knows of streams that are still open. Work of an ended stream is finished, so no clock has to
     * carry it; otherwise every clock would grow with each stream that is made.
     */
    template <typename IsOpen>
    void learn(const Clock& other, const IsOpen& is_open) {
        for (const auto& [stream, number] : other.known_) {
            if (is_open(stream)) {
                learn(stream, number);
            }
        }
    }

    bool knows(uint64_t stream, uint64_t number) const {
        const auto found = known_.find(stream);
        return found != known_.end() && found->second >= number;
    }

    void forget(uint64_t stream) { known_.erase(stream); }

private:
    std::map<uint64_t, uint64_t> known_;
};

}  // namespace convoke::simulated

#endif
