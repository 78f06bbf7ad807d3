// A file's octets in one piece.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/bytes.h"

namespace roost::store {

inline Bytes read_whole(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_whole(const std::filesystem::path& path, BytesView data) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(data.data(), static_cast<std::streamsize>(data.size()));
}

}  // namespace roost::store
