// SPDX-License-Identifier: MIT
#include "tests/sim/contract/package.hpp"

#include <Poco/AutoPtr.h>
#include <Poco/DOM/DOMParser.h>
#include <Poco/DOM/Document.h>
#include <Poco/DOM/Element.h>
#include <Poco/Exception.h>

#include "handler/base/text.hpp"
#include "tests/sim/contract/unpack.hpp"

namespace dockerext::contract {
namespace {

std::string TextOf(const Poco::XML::Element& parent, const char* name) {
  const Poco::XML::Element* child = parent.getChildElement(name);
  return child == nullptr ? "" : std::string(Trim(child->innerText()));
}

constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.";

bool IsOnly(std::string_view allowed, std::string_view text) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

Result<HandlerId> ParsePublishedManifest(std::string_view xml) {
  try {
    Poco::XML::DOMParser parser;
    const Poco::AutoPtr<Poco::XML::Document> document(parser.parseString(std::string(xml)));
    const Poco::XML::Element& root = *document->documentElement();
    HandlerId id{TextOf(root, "ProviderNameSpace") + "." + TextOf(root, "Type"), TextOf(root, "Version")};
    TRY(CheckHandlerId(id));
    return id;
  } catch (const Poco::Exception& failure) {
    return Error{Code::kInternal, failure.displayText()};
  }
}

Result<HandlerId> ReadPackageId(const std::string& zip) {
  TRY_LET(const std::string xml, ReadFromZip(zip, "manifest.xml"));
  return ParsePublishedManifest(xml).Context("manifest.xml of " + Quoted(zip));
}

std::string PackageFileName(const HandlerId& id) { return id.name + "__" + id.version + ".zip"; }

Status CheckHandlerId(const HandlerId& id) {
  const auto dot = id.name.rfind('.');
  if (!IsOnly(std::string(kPlain) + "-_", id.name) || dot == 0 || dot == std::string::npos ||
      dot + 1 == id.name.size()) {
    return Error{Code::kInvalidSettings,
                 "the handler's name " + Quoted(id.name) + " is invalid; use Publisher.Type"};
  }
  if (!IsOnly(kPlain, id.version)) {
    return Error{Code::kInvalidSettings, "the handler's version " + Quoted(id.version) +
                                             " is invalid; use numbers with dots, as 1.0.0"};
  }
  return {};
}

}  // namespace dockerext::contract
