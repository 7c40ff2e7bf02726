# Cross-compiles for aarch64 with Debian's packages for arm64.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# The libraries of libc6-dev:arm64 and libstdc++-12-dev:arm64, which get Debian's security updates; those that come with the
# cross compiler do not.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-B/usr/lib/aarch64-linux-gnu -B/usr/lib/gcc")
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig) # FindOpenSSL would take this machine's library
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static)
