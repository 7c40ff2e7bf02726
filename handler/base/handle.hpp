// SPDX-License-Identifier: MIT
// Owning handles for C types: `using X509Ptr = Handle<X509, X509_free>;` is as large as a pointer and frees
// what it points to.
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
