// libconvoke_faults: a file system that fails, laid between a process and the C library with LD_PRELOAD. No root needed.
//
//   CONVOKE_FAULTS=CONTROL LD_PRELOAD=libconvoke_faults.so java ...
//
// CONTROL is a file of sizeof(Control) bytes that the process and whoever tests it both map: it names a folder, and says
// which of the calls on files below that folder fail, and how. All other calls go through untouched. The process may
// change it while it runs, so that one process tries one call after the other.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>

namespace {

// The kinds of calls that are counted; Control::kinds is a sum of them.
enum Kind : int32_t {
    READ = 1,    // an open that makes nothing, and reads
    CREATE = 2,  // an open that may make a file, and the making of a folder
    WRITE = 4,
    SYNC = 8,  // fsync and fdatasync, of folders too
    RENAME = 16,
    REMOVE = 32,  // of files and folders
};

// FaultControl.java writes and reads the same places.
struct Control {
    std::atomic<int64_t> calls;     // counted so far
    std::atomic<int64_t> first;     // number of the first call that fails, from 1; 0 if none does
    std::atomic<int64_t> last;      // number of the last
    std::atomic<int64_t> injected;  // calls that failed
    std::atomic<int32_t> error;     // errno of those
    std::atomic<int32_t> kinds;     // that are counted
    char folder[PATH_MAX];          // absolute, zero-terminated
    char failed[2 * PATH_MAX];      // what failed last: the call and its file
};

Control* map_control() {
    const char* path = getenv("CONVOKE_FAULTS");
    if (path == nullptr) {
        return nullptr;
    }
    // By the system's own numbers: open() is ours.
    auto real_open = reinterpret_cast<int (*)(const char*, int, ...)>(dlsym(RTLD_NEXT, "open"));
    auto real_close = reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, "close"));
    int file = real_open(path, O_RDWR | O_CLOEXEC);
    void* place = file < 0 ? MAP_FAILED
                           : mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (place == MAP_FAILED) {
        fprintf(stderr, "libconvoke_faults: %s: %s\n", path, strerror(errno));
        abort();
    }
    real_close(file);
    return static_cast<Control*>(place);
}

Control* control() {
    static Control* const mapped = map_control();
    return mapped;
}

constexpr int MAX_FILES = 1 << 16;
std::atomic<bool> watched[MAX_FILES];

bool is_watched(int file) { return file >= 0 && file < MAX_FILES && watched[file].load(); }

// Whether a path, if relative by the folder `at`, lies in the folder whose files are watched. Paths are taken as they are
// written, links and all.
bool is_below(int at, const char* path) {
    if (control() == nullptr || path == nullptr) {
        return false;
    }
    size_t length = strnlen(control()->folder, PATH_MAX);
    if (length == 0) {
        return false;
    }
    char whole[2 * PATH_MAX];
    if (path[0] != '/') {
        char base[PATH_MAX];
        if (at == AT_FDCWD) {
            if (getcwd(base, sizeof base) == nullptr) {
                return false;
            }
        } else {
            char link[64];
            snprintf(link, sizeof link, "/proc/self/fd/%d", at);
            ssize_t read = readlink(link, base, sizeof base - 1);
            if (read < 0) {
                return false;
            }
            base[read] = '\0';
        }
        snprintf(whole, sizeof whole, "%s/%s", base, path);
        path = whole;
    }
    return strncmp(path, control()->folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

// The path of an open file, for people.
const char* path_of(int file) {
    thread_local char path[PATH_MAX];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t read = readlink(link, path, sizeof path - 1);
    path[read < 0 ? 0 : read] = '\0';
    return path;
}

const char* path_of(const char* path) { return path; }

// Counts a call on a file, open or by its path; true if it has to fail, with errno set.
template <typename File>
bool fails(Kind kind, const char* call, File file) {
    Control* c = control();
    if ((c->kinds.load() & kind) == 0) {
        return false;
    }
    int64_t number = ++c->calls;
    int64_t first = c->first.load();
    if (first == 0 || number < first || number > c->last.load()) {
        return false;
    }
    ++c->injected;
    snprintf(c->failed, sizeof c->failed, "%s %s", call, path_of(file));
    errno = c->error.load();
    return true;
}

template <typename Function>
Function real(const char* name) {
    void* found = dlsym(RTLD_NEXT, name);
    if (found == nullptr) {
        fprintf(stderr, "libconvoke_faults: the C library has no %s\n", name);
        abort();
    }
    return reinterpret_cast<Function>(found);
}

int note(int file, bool below) {
    if (file >= 0 && file < MAX_FILES) {
        watched[file].store(below);
    }
    return file;
}

template <typename Open>
int opened(int at, const char* path, int flags, Open open) {
    bool below = is_below(at, path);
    bool create = (flags & O_CREAT) != 0;
    if (below && fails(create ? CREATE : READ, create ? "create" : "open", path)) {
        return -1;
    }
    return note(open(), below);
}

mode_t mode_of(int flags, va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

#define REAL(name, ...)                                                \
    static const auto next = real<decltype(&name)>(#name);             \
    return next(__VA_ARGS__)
#define FAIL_IF(condition, kind, file)                   \
    if ((condition) && fails(kind, __func__, file)) {    \
        return -1;                                       \
    }
#define EXPORTED extern "C" __attribute__((visibility("default")))

#define OPEN(name)                                                                               \
    EXPORTED int name(const char* path, int flags, ...) {                                        \
        static const auto next = real<int (*)(const char*, int, ...)>(#name);                    \
        va_list arguments;                                                                       \
        va_start(arguments, flags);                                                              \
        mode_t mode = mode_of(flags, arguments);                                                 \
        va_end(arguments);                                                                       \
        return opened(AT_FDCWD, path, flags, [&] { return next(path, flags, mode); });           \
    }
#define OPEN_AT(name)                                                                            \
    EXPORTED int name(int at, const char* path, int flags, ...) {                                \
        static const auto next = real<int (*)(int, const char*, int, ...)>(#name);               \
        va_list arguments;                                                                       \
        va_start(arguments, flags);                                                              \
        mode_t mode = mode_of(flags, arguments);                                                 \
        va_end(arguments);                                                                       \
        return opened(at, path, flags, [&] { return next(at, path, flags, mode); });             \
    }
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

// What the C library's checked headers make of an open without a mode.
#define OPEN_CHECKED(name)                                                                       \
    EXPORTED int name(const char* path, int flags) {                                             \
        static const auto next = real<int (*)(const char*, int)>(#name);                         \
        return opened(AT_FDCWD, path, flags, [&] { return next(path, flags); });                 \
    }
OPEN_CHECKED(__open_2)
OPEN_CHECKED(__open64_2)

EXPORTED int close(int file) {
    note(file, false);
    REAL(close, file);
}

EXPORTED ssize_t write(int file, const void* bytes, size_t count) {
    FAIL_IF(is_watched(file), WRITE, file)
    REAL(write, file, bytes, count);
}

EXPORTED ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
    FAIL_IF(is_watched(file), WRITE, file)
    REAL(pwrite, file, bytes, count, at);
}

EXPORTED ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
    FAIL_IF(is_watched(file), WRITE, file)
    REAL(pwrite64, file, bytes, count, at);
}

EXPORTED ssize_t writev(int file, const struct iovec* parts, int count) {
    FAIL_IF(is_watched(file), WRITE, file)
    REAL(writev, file, parts, count);
}

EXPORTED int fsync(int file) {
    FAIL_IF(is_watched(file), SYNC, file)
    REAL(fsync, file);
}

EXPORTED int fdatasync(int file) {
    FAIL_IF(is_watched(file), SYNC, file)
    REAL(fdatasync, file);
}

EXPORTED int rename(const char* from, const char* to) noexcept {
    FAIL_IF(is_below(AT_FDCWD, to), RENAME, to)
    REAL(rename, from, to);
}

EXPORTED int renameat(int from_at, const char* from, int to_at, const char* to) noexcept {
    FAIL_IF(is_below(to_at, to), RENAME, to)
    REAL(renameat, from_at, from, to_at, to);
}

EXPORTED int mkdir(const char* path, mode_t mode) noexcept {
    FAIL_IF(is_below(AT_FDCWD, path), CREATE, path)
    REAL(mkdir, path, mode);
}

EXPORTED int unlink(const char* path) noexcept {
    FAIL_IF(is_below(AT_FDCWD, path), REMOVE, path)
    REAL(unlink, path);
}

EXPORTED int unlinkat(int at, const char* path, int flags) noexcept {
    FAIL_IF(is_below(at, path), REMOVE, path)
    REAL(unlinkat, at, path, flags);
}

EXPORTED int rmdir(const char* path) noexcept {
    FAIL_IF(is_below(AT_FDCWD, path), REMOVE, path)
    REAL(rmdir, path);
}
