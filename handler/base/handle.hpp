// SPDX-License-Identifier: MIT
// Owners for C handles: `using X509Ptr = Handle<X509, X509_free>;` is as large as a pointer and closes
// itself.
#pragma once

#include <memory>

namespace dockerext {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const noexcept {
    Free(pointer);
  }
};

template <class T, auto Free>
using Handle = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace dockerext
