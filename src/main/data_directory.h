// The directory that everything is kept in, and whom what lies in it belongs to.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace roost::main {

// Makes `directory` where it is missing, and the missing ones above it, which are anybody's to read. Without that its
// name could be lost in a power cut, and all that was synced inside it.
Result<> make_durably(const std::filesystem::path& directory, mode_t mode);

// Makes `directory` (0700) where it is missing, durably. Started by root, a directory that is made here is given to
// `owner`, and one that is there must belong to him. An empty `owner`: whoever it belongs to.
Result<> prepare_data_directory(const std::string& directory, const std::string& owner);

// Sockets that root made become the owner's. Symbolic links are never followed: the directory is the owner's, who must
// not have root change other files. Does nothing where `owner` is empty or this process is not root.
Result<> give_to(const std::string& owner, const std::vector<std::string>& paths);

// `path` becomes whose `like` is, where this process is root.
Result<> give_like(const std::string& like, const std::string& path);

// While it lives, a process of root's makes and reads files as `owner` would. Before there are other threads.
class ActingAs {
 public:
  static Result<ActingAs> begin(const std::string& owner);

  ActingAs(ActingAs&& other) noexcept : active_(std::exchange(other.active_, false)) {}
  ActingAs& operator=(ActingAs&&) = delete;
  ~ActingAs();

 private:
  explicit ActingAs(bool active) : active_(active) {}
  bool active_;
};

}  // namespace roost::main
