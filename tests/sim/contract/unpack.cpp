// SPDX-License-Identifier: MIT
#include "tests/sim/contract/unpack.hpp"

#include <Poco/StreamCopier.h>
#include <Poco/Zip/ZipArchive.h>
#include <Poco/Zip/ZipStream.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "handler/base/text.hpp"
#include "tests/sim/contract/files.hpp"

namespace dockerext::contract {
namespace {

using Poco::Zip::ZipArchive;
using Poco::Zip::ZipInputStream;
using Poco::Zip::ZipLocalFileHeader;

std::string SafeName(std::string_view name) {
  std::vector<std::string> safe;
  for (std::string& part : Split(name, '/')) {
    if (!part.empty() && part != "." && part != "..") safe.push_back(std::move(part));
  }
  return Join(safe, "/");
}

std::string Inflate(std::istream& file, const ZipLocalFileHeader& entry) {
  file.clear();
  ZipInputStream content(file, entry);
  std::ostringstream bytes;
  Poco::StreamCopier::copyStream(content, bytes);
  if (!content.crcValid()) throw Poco::DataFormatException("wrong checksum: " + entry.getFileName());
  return bytes.str();
}

Result<bool> UnpackEntry(std::istream& file, const ZipLocalFileHeader& entry, const std::string& folder) {
  const std::string name = SafeName(entry.getFileName());
  if (name.empty()) return false;
  const std::string path = folder + "/" + name;
  if (entry.isDirectory()) {
    TRY(MakeFolder(path, 0755_mode));
    return false;
  }
  TRY(MakeFolder(ParentOf(path), 0755_mode));
  TRY(WriteFile(path, Inflate(file, entry), 0644_mode));
  return true;
}

Result<int> UnpackAll(std::istream& file, const std::string& folder) {
  const ZipArchive archive(file);
  int files = 0;
  for (auto at = archive.headerBegin(); at != archive.headerEnd(); ++at) {
    TRY_LET(const bool is_file, UnpackEntry(file, at->second, folder));
    files += is_file ? 1 : 0;
  }
  if (files == 0) return Error{Code::kInternal, "it contains no file"};
  return files;
}

Result<std::string> ReadShallowest(std::istream& file, std::string_view name) {
  const ZipArchive archive(file);
  const ZipLocalFileHeader* found = nullptr;
  const auto depth = [](const ZipLocalFileHeader& entry) {
    const std::string path = SafeName(entry.getFileName());
    return std::count(path.begin(), path.end(), '/');
  };
  for (auto at = archive.headerBegin(); at != archive.headerEnd(); ++at) {
    if (NameOf(at->second.getFileName()) != name) continue;
    if (found == nullptr || depth(at->second) < depth(*found)) found = &at->second;
  }
  if (found == nullptr) return Error{Code::kNotFound, "it contains no " + std::string(name)};
  return Inflate(file, *found);
}

// Turns Poco's exceptions into errors.
template <class Read>
auto WithZip(const std::string& zip, Read read) -> decltype(read(std::declval<std::istream&>())) {
  const std::string doing = "reading the ZIP " + Quoted(zip);
  std::ifstream file(zip, std::ios::binary);
  if (!file) return SystemError(doing);
  try {
    return read(file).Context(doing);
  } catch (const Poco::Exception& failure) {
    return Error{Code::kInternal, failure.displayText()}.Context(doing);
  } catch (const std::exception& failure) {
    return Error{Code::kInternal, failure.what()}.Context(doing);
  }
}

}  // namespace

Result<int> UnpackOver(const std::string& zip, const std::string& folder) {
  return WithZip(zip, [&](std::istream& file) { return UnpackAll(file, folder); });
}

Result<std::string> ReadFromZip(const std::string& zip, std::string_view name) {
  return WithZip(zip, [&](std::istream& file) { return ReadShallowest(file, name); });
}

}  // namespace dockerext::contract
