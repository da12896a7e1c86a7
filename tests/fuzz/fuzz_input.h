// What the fuzz targets share.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace ormdb::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A law that holds for every input; the fuzzer keeps the input that breaks it.
inline void require(bool holds, std::string_view law) {
  if (holds) return;
  std::cerr << "broken: " << law << '\n';
  std::abort();
}

}  // namespace ormdb::fuzz
