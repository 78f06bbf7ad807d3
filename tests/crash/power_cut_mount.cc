// A file system whose power can be cut, for a whole server to live on: a directory of the real one, seen through FUSE.
//
// usage: power-cut-mount DIRECTORY MOUNTPOINT SEED
//
// Says "ready" when it is mounted, and ends when it is unmounted. What it is to do comes line by line:
//   cut TARGET        cuts the power now: TARGET is what that left of the directory
//   at STEP TARGET    cuts it before the STEP-th change or sync that is made, to be said before the first of them
// It says "cut" when that is done, once. Every sync fails from then on, so nothing more is promised by whoever lives
// here.
#define FUSE_USE_VERSION 31

#include <dirent.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>
#include <shared_mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "store/rocksdb/power_cut_disk_test.h"

namespace roost::store {
namespace {

namespace fs = std::filesystem;

struct Mount {
  std::string directory;
  PowerCutDisk disk;

  std::string real(const char* path) const { return directory + path; }
};

Mount& mount() { return *static_cast<Mount*>(fuse_get_context()->private_data); }

int answer(ssize_t result) { return result < 0 ? -errno : static_cast<int>(result); }

int descriptor(const fuse_file_info* file) { return static_cast<int>(file->fh); }

// By one of the names that the open file has now; none of them is there any more if this is not.
std::string path_of(const fuse_file_info* file) {
  std::error_code error;
  return fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor(file)), error).string();
}

// A change: never half of it is seen by a cut, and a cut may come before it.
template <class Change>
int change(Change make) {
  Mount& at = mount();
  at.disk.step();
  std::shared_lock lock(at.disk.changing());
  return make(at.disk);
}

// --- names ---

int make_directory(const char* path, mode_t mode) {
  return change([&](PowerCutDisk& disk) {
    std::string real = mount().real(path);
    int result = answer(::mkdir(real.c_str(), mode));
    if (result == 0) disk.created(real);
    return result;
  });
}

int make_node(const char* path, mode_t mode, dev_t device) {
  return change([&](PowerCutDisk& disk) {
    std::string real = mount().real(path);
    int result = answer(::mknod(real.c_str(), mode, device));
    if (result == 0) disk.created(real);
    return result;
  });
}

int unlink_file(const char* path) {
  return change([&](PowerCutDisk& disk) {
    std::string real = mount().real(path);
    disk.about_to_lose(real);
    return answer(::unlink(real.c_str()));
  });
}

int remove_directory(const char* path) {
  return change([&](PowerCutDisk& disk) {
    std::string real = mount().real(path);
    int result = answer(::rmdir(real.c_str()));
    if (result == 0) disk.directory_removed(real);
    return result;
  });
}

// Only of files: the disk knows what is in a directory by the directory's name.
int rename_file(const char* from, const char* to, unsigned flags) {
  std::string old = mount().real(from);
  std::string name = mount().real(to);
  if (flags != 0 || fs::is_directory(old)) return -EINVAL;
  return change([&](PowerCutDisk& disk) {
    disk.about_to_lose(name);
    int result = answer(::rename(old.c_str(), name.c_str()));
    if (result == 0) disk.renamed(old, name);
    return result;
  });
}

int link_file(const char* from, const char* to) {
  return change([&](PowerCutDisk& disk) {
    std::string name = mount().real(to);
    int result = answer(::link(mount().real(from).c_str(), name.c_str()));
    if (result == 0) disk.linked(name);
    return result;
  });
}

// --- files ---

int keep(int opened, fuse_file_info* file) {
  if (opened < 0) return -errno;
  file->fh = static_cast<uint64_t>(opened);
  return 0;
}

int create_file(const char* path, mode_t mode, fuse_file_info* file) {
  return change([&](PowerCutDisk& disk) {
    std::string real = mount().real(path);
    bool is_new = !fs::exists(real);
    int result = keep(::open(real.c_str(), (file->flags & ~O_APPEND) | O_CREAT | O_CLOEXEC, mode), file);
    if (result == 0 && is_new) disk.created(real);
    return result;
  });
}

// The kernel gives the place of every write, of those at the end as well.
int open_file(const char* path, fuse_file_info* file) {
  return keep(::open(mount().real(path).c_str(), (file->flags & ~O_APPEND) | O_CLOEXEC), file);
}

int read_file(const char*, char* data, size_t size, off_t offset, fuse_file_info* file) {
  return answer(::pread(descriptor(file), data, size, offset));
}

int write_file(const char*, const char* data, size_t size, off_t offset, fuse_file_info* file) {
  return change([&](PowerCutDisk& disk) {
    disk.about_to_write(path_of(file), static_cast<uint64_t>(offset));
    return answer(::pwrite(descriptor(file), data, size, offset));
  });
}

int truncate_file(const char* path, off_t size, fuse_file_info* file) {
  return change([&](PowerCutDisk& disk) {
    std::string real = file != nullptr ? path_of(file) : mount().real(path);
    disk.about_to_write(real, static_cast<uint64_t>(size));
    return answer(file != nullptr ? ::ftruncate(descriptor(file), size) : ::truncate(real.c_str(), size));
  });
}

int allocate_space(const char*, int mode, off_t offset, off_t length, fuse_file_info* file) {
  if ((mode & ~FALLOC_FL_KEEP_SIZE) != 0) return -EOPNOTSUPP;
  return change([&](PowerCutDisk& disk) {
    struct stat info{};
    if (::fstat(descriptor(file), &info) == 0) disk.about_to_write(path_of(file), static_cast<uint64_t>(info.st_size));
    return answer(::fallocate(descriptor(file), mode, offset, length));
  });
}

int sync_file(const char*, int, fuse_file_info* file) {
  PowerCutDisk& disk = mount().disk;
  disk.step();
  struct stat info{};
  if (::fstat(descriptor(file), &info) != 0) return -errno;
  return disk.sync(path_of(file), static_cast<uint64_t>(info.st_size)) ? 0 : -EIO;
}

int release_file(const char*, fuse_file_info* file) { return answer(::close(descriptor(file))); }

// --- directories ---

int open_directory(const char* path, fuse_file_info* file) {
  return keep(::open(mount().real(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), file);
}

int read_directory(const char*, void* buffer, fuse_fill_dir_t fill, off_t, fuse_file_info* file, fuse_readdir_flags) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path_of(file), error)) {
    fill(buffer, entry.path().filename().c_str(), nullptr, 0, fuse_fill_dir_flags{});
  }
  return -error.value();
}

int sync_directory(const char*, int, fuse_file_info* file) {
  PowerCutDisk& disk = mount().disk;
  disk.step();
  uint64_t changes = disk.changes();
  return disk.sync_directory(path_of(file), changes) ? 0 : -EIO;
}

// --- what a cut leaves as it is ---

int get_attributes(const char* path, struct stat* info, fuse_file_info* file) {
  return answer(file != nullptr ? ::fstat(descriptor(file), info) : ::lstat(mount().real(path).c_str(), info));
}

int change_mode(const char* path, mode_t mode, fuse_file_info* file) {
  return answer(file != nullptr ? ::fchmod(descriptor(file), mode) : ::chmod(mount().real(path).c_str(), mode));
}

int change_owner(const char* path, uid_t user, gid_t group, fuse_file_info* file) {
  return answer(file != nullptr ? ::fchown(descriptor(file), user, group)
                                : ::lchown(mount().real(path).c_str(), user, group));
}

int change_times(const char* path, const timespec times[2], fuse_file_info* file) {
  return answer(file != nullptr ? ::futimens(descriptor(file), times)
                                : ::utimensat(AT_FDCWD, mount().real(path).c_str(), times, AT_SYMLINK_NOFOLLOW));
}

int get_space(const char* path, struct statvfs* info) { return answer(::statvfs(mount().real(path).c_str(), info)); }

// --- the power ---

void cut(PowerCutDisk& disk, const std::string& target) {
  static std::atomic<bool> done = false;
  if (done.exchange(true)) return;
  disk.cut(target, PowerCutDisk::SyncFaults::all);
  std::cout << "cut" << std::endl;
}

void obey(PowerCutDisk& disk) {
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    std::string target;
    uint64_t step = 0;
    words >> verb;
    if (verb == "at") words >> step;
    words >> target;
    if (verb == "cut") cut(disk, target);
    if (verb == "at") disk.at_step(step, [&disk, target] { cut(disk, target); });
  }
}

void* begin(fuse_conn_info*, fuse_config* config) {
  config->use_ino = 1;
  config->hard_remove = 1;  // what is removed while it is open goes at once, as elsewhere
  config->nullpath_ok = 1;
  std::cout << "ready" << std::endl;
  return &mount();
}

fuse_operations operations() {
  fuse_operations all{};
  all.init = begin;
  all.mkdir = make_directory;
  all.mknod = make_node;
  all.unlink = unlink_file;
  all.rmdir = remove_directory;
  all.rename = rename_file;
  all.link = link_file;
  all.create = create_file;
  all.open = open_file;
  all.read = read_file;
  all.write = write_file;
  all.truncate = truncate_file;
  all.fallocate = allocate_space;
  all.fsync = sync_file;
  all.release = release_file;
  all.opendir = open_directory;
  all.readdir = read_directory;
  all.fsyncdir = sync_directory;
  all.releasedir = release_file;
  all.getattr = get_attributes;
  all.chmod = change_mode;
  all.chown = change_owner;
  all.utimens = change_times;
  all.statfs = get_space;
  return all;
}

// In the foreground, and one request after the other, so that a cut's moment is the same again.
int serve(const std::string& directory, const std::string& mountpoint, uint64_t seed) {
  Mount mounted{directory, PowerCutDisk(directory, seed)};
  std::thread(obey, std::ref(mounted.disk)).detach();
  std::string program = "power-cut-mount";
  std::string foreground = "-f";
  std::string single = "-s";
  std::string place = mountpoint;
  std::vector<char*> arguments = {program.data(), foreground.data(), single.data(), place.data()};
  fuse_operations all = operations();
  return fuse_main(static_cast<int>(arguments.size()), arguments.data(), &all, &mounted);
}

}  // namespace
}  // namespace roost::store

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: power-cut-mount DIRECTORY MOUNTPOINT SEED\n";
    return 2;
  }
  return roost::store::serve(argv[1], argv[2], std::stoull(argv[3]));
}
