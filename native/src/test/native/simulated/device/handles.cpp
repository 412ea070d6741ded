/* One table of handles for all libraries. */
#include <map>

#include "machine.h"

namespace convoke::simulated {

namespace {

/* No address of a Linux process: a handle that is read as memory is a fault. */
constexpr uint64_t kFirstHandle = 0x5100000000000000;
constexpr uint64_t kStep = 16;

struct Handle {
    std::string kind;
    std::shared_ptr<void> object;
};

struct Handles {
    std::mutex mutex;
    std::map<uint64_t, Handle> open;
    uint64_t next = kFirstHandle;

    static Handles& get() {
        static auto* const handles = new Handles;
        return *handles;
    }
};

std::string name_of(const std::string& kind, uint64_t number) {
    return kind + " #" + std::to_string((number - kFirstHandle) / kStep);
}

/* Why a handle is not an open one of this kind; empty where it is. The caller holds the table's lock. */
std::string what_is_wrong(const Handles& handles, const char* kind, uint64_t number) {
    const auto found = handles.open.find(number);
    if (found != handles.open.end()) {
        return found->second.kind == kind
                   ? ""
                   : name_of(found->second.kind, number) + " stands where a " + kind + " belongs";
    }
    if (number == 0) {
        return std::string("null stands where a ") + kind + " belongs";
    }
    return number >= kFirstHandle && number < handles.next ? name_of(kind, number) + " is used after its end"
                                                           : std::string("no ") + kind + " has this handle";
}

}  // namespace

void* open_handle(const char* kind, std::shared_ptr<void> object) {
    Handles& handles = Handles::get();
    const std::lock_guard<std::mutex> guard(handles.mutex);
    const uint64_t number = handles.next;
    handles.next += kStep;
    handles.open[number] = {kind, std::move(object)};
    return reinterpret_cast<void*>(number);
}

std::shared_ptr<void> handle_object(const char* call, const char* kind, const void* handle) {
    Handles& handles = Handles::get();
    const auto number = reinterpret_cast<uint64_t>(handle);
    std::string wrong;
    {
        const std::lock_guard<std::mutex> guard(handles.mutex);
        wrong = what_is_wrong(handles, kind, number);
        if (wrong.empty()) {
            return handles.open.at(number).object;
        }
    }
    violation(call, wrong);
    return nullptr;
}

bool close_handle(const char* call, const char* kind, const void* handle) {
    const std::shared_ptr<void> object = handle_object(call, kind, handle);
    if (object == nullptr) {
        return false;
    }
    Handles& handles = Handles::get();
    const std::lock_guard<std::mutex> guard(handles.mutex);
    handles.open.erase(reinterpret_cast<uint64_t>(handle));
    return true;
}

/* Appends a line for each open handle. */
int32_t list_open_handles(std::string& text) {
    Handles& handles = Handles::get();
    const std::lock_guard<std::mutex> guard(handles.mutex);
    for (const auto& [number, handle] : handles.open) {
        text += name_of(handle.kind, number) + " was not given back\n";
    }
    return static_cast<int32_t>(handles.open.size());
}

}  // namespace convoke::simulated
