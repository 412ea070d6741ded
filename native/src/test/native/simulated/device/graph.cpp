/* Stream capture, graphs, and their replay (CUDA C++ Programming Guide, CUDA Graphs). */
#include <algorithm>
#include <set>

#include "machine.h"

namespace convoke::simulated {

namespace {

bool touch_same(const Range& a, const Range& b) {
    return a.allocation == b.allocation && a.begin < b.end && b.begin < a.end && (a.written || b.written);
}

bool conflict(const Node& a, const Node& b) {
    for (const Range& mine : a.request.ranges) {
        for (const Range& theirs : b.request.ranges) {
            if (touch_same(mine, theirs)) {
                return true;
            }
        }
    }
    return false;
}

/* before[b][a]: node a comes before node b. Nodes are in the order of capture, so edges point forward. */
std::vector<std::vector<bool>> ancestors(const Graph& graph) {
    const size_t count = graph.nodes.size();
    std::vector<std::vector<bool>> before(count, std::vector<bool>(count, false));
    for (size_t node = 0; node < count; ++node) {
        for (int32_t parent : graph.nodes[node].after) {
            before[node][parent] = true;
            for (size_t other = 0; other < count; ++other) {
                before[node][other] = before[node][other] || before[parent][other];
            }
        }
    }
    return before;
}

/* Whether every stream of the capture has come back to the one that it began in. */
bool joined(const Capture& capture) {
    const std::vector<std::vector<bool>> before = ancestors(*capture.graph);
    const auto reached = [&](int32_t node) {
        return std::any_of(capture.origin->tails.begin(), capture.origin->tails.end(),
                           [&](int32_t tail) { return tail == node || before[tail][node]; });
    };
    return std::all_of(capture.streams.begin(), capture.streams.end(), [&](const Stream* stream) {
        return std::all_of(stream->tails.begin(), stream->tails.end(), reached);
    });
}

std::vector<Range> all_ranges(const Graph& graph) {
    std::vector<Range> ranges;
    for (const Node& node : graph.nodes) {
        ranges.insert(ranges.end(), node.request.ranges.begin(), node.request.ranges.end());
    }
    const auto key = [](const Range& range) {
        return std::make_tuple(range.allocation, range.written, range.read, range.begin, range.end);
    };
    std::sort(ranges.begin(), ranges.end(), [&](const Range& a, const Range& b) { return key(a) < key(b); });
    std::vector<Range> merged;
    for (const Range& range : ranges) {
        const bool grows = !merged.empty() && merged.back().allocation == range.allocation &&
                           merged.back().written == range.written && merged.back().read == range.read &&
                           range.begin <= merged.back().end;
        if (grows) {
            merged.back().end = std::max(merged.back().end, range.end);
        } else {
            merged.push_back(range);
        }
    }
    return merged;
}

}  // namespace

int32_t capture_request(Stream& stream, Request request, std::vector<int32_t>* captured) {
    Capture& capture = *stream.capture;
    if (capture.invalidated) {
        violation(request.call.c_str(), "the capture of this stream has been invalidated");
        return kStreamCaptureInvalidated;
    }
    std::vector<Node>& nodes = capture.graph->nodes;
    nodes.push_back({std::move(request), stream.tails});
    stream.tails = {static_cast<int32_t>(nodes.size()) - 1};
    if (captured != nullptr) {
        *captured = stream.tails;
    }
    return kSuccess;
}

void check_graph_races(const Graph& graph) {
    const std::vector<std::vector<bool>> before = ancestors(graph);
    for (size_t later = 0; later < graph.nodes.size(); ++later) {
        for (size_t earlier = 0; earlier < later; ++earlier) {
            if (!before[later][earlier] && conflict(graph.nodes[later], graph.nodes[earlier])) {
                violation(graph.nodes[later].request.call.c_str(),
                          "in a graph, touches memory with no event between it and " +
                              graph.nodes[earlier].request.call + " on another stream");
            }
        }
    }
}

std::vector<int32_t> contrary_order(const Graph& graph) {
    const auto count = static_cast<int32_t>(graph.nodes.size());
    std::vector<int32_t> missing(count, 0);
    std::vector<std::vector<int32_t>> next(count);
    std::set<int32_t> ready;
    for (int32_t node = 0; node < count; ++node) {
        const std::set<int32_t> parents(graph.nodes[node].after.begin(), graph.nodes[node].after.end());
        missing[node] = static_cast<int32_t>(parents.size());
        for (int32_t parent : parents) {
            next[parent].push_back(node);
        }
        if (parents.empty()) {
            ready.insert(node);
        }
    }
    std::vector<int32_t> order;
    while (!ready.empty()) {
        const int32_t node = *ready.rbegin();
        ready.erase(node);
        order.push_back(node);
        for (int32_t child : next[node]) {
            if (--missing[child] == 0) {
                ready.insert(child);
            }
        }
    }
    return order;
}

int32_t Machine::begin_capture(const std::shared_ptr<Stream>& stream, CaptureMode mode) {
    if (stream->is_default) {
        violation("cudaStreamBeginCapture", "the default stream cannot be captured");
        return kStreamCaptureUnsupported;
    }
    if (stream->capture != nullptr) {
        violation("cudaStreamBeginCapture", "the stream is being captured already");
        return kStreamCaptureUnsupported;
    }
    auto capture = std::make_shared<Capture>();
    capture->mode = mode;
    capture->thread = std::this_thread::get_id();
    capture->origin = stream.get();
    capture->streams = {stream.get()};
    capture->graph->device = stream->device;
    captures_.push_back(capture);
    stream->capture = capture;
    stream->tails.clear();
    return kSuccess;
}

int32_t Machine::end_capture(Stream& stream, std::shared_ptr<Graph>& graph) {
    const std::shared_ptr<Capture> capture = stream.capture;
    if (capture == nullptr || capture->origin != &stream) {
        violation("cudaStreamEndCapture", "no capture began in this stream");
        return kStreamCaptureUnmatched;
    }
    if (capture->mode != CaptureMode::kRelaxed && capture->thread != std::this_thread::get_id()) {
        violation("cudaStreamEndCapture", "another thread began the capture");
        return kStreamCaptureWrongThread;
    }
    const bool all_joined = joined(*capture);
    for (Stream* member : capture->streams) {
        member->capture = nullptr;
        member->tails.clear();
    }
    captures_.erase(std::find(captures_.begin(), captures_.end(), capture));
    if (capture->invalidated) {
        return kStreamCaptureInvalidated; /* what invalidated it has been told */
    }
    if (!all_joined) {
        violation("cudaStreamEndCapture", "a stream that joined the capture has not come back to the first one");
        return kStreamCaptureUnjoined;
    }
    check_graph_races(*capture->graph);
    graph = capture->graph;
    return kSuccess;
}

bool Machine::alive(const Request& request, const std::string& launched_by) {
    for (const Range& range : request.ranges) {
        if (allocation(range.allocation) == nullptr) {
            violation(launched_by.c_str(), "memory that " + request.call + " uses in the graph was given back");
            return false;
        }
    }
    return true;
}

int32_t Machine::launch(const Executable& executable, Stream& stream) {
    const std::shared_ptr<const Graph> graph = executable.graph;
    if (graph->device != stream.device) {
        violation("cudaGraphLaunch", "the stream is on another device than the graph");
        return kInvalidValue;
    }
    for (const Node& node : graph->nodes) {
        if (!alive(node.request, "cudaGraphLaunch")) {
            return kInvalidValue;
        }
    }
    const std::vector<int32_t> order = executable.order;
    return submit(stream, {"cudaGraphLaunch", all_ranges(*graph), [graph, order] {
                               for (int32_t node : order) {
                                   if (graph->nodes[node].request.run != nullptr) {
                                       graph->nodes[node].request.run();
                                   }
                               }
                           }});
}

}  // namespace convoke::simulated
