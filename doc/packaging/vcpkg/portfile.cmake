# vcpkg's recipe. See doc/packaging.md: what is written as @...@ is filled in by the packager.
vcpkg_download_distfile(archive
    URLS "@SOURCE_URL@"
    FILENAME "libdiffdyn-${VERSION}.tar.gz"
    SHA512 "@SHA512@")
vcpkg_extract_source_archive(source ARCHIVE "${archive}")

vcpkg_configure_meson(
    SOURCE_PATH "${source}"
    OPTIONS -Dexamples=false -Dtools=false -Dbenchmarks=false -Dtests=disabled -Dtorch=disabled -Dhdf5=disabled
        -Dimages=disabled)
vcpkg_install_meson()
vcpkg_fixup_pkgconfig()
vcpkg_cmake_config_fixup(PACKAGE_NAME diffdyn CONFIG_PATH lib/cmake/diffdyn)

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share"
    "${CURRENT_PACKAGES_DIR}/share/doc")
vcpkg_install_copyright(FILE_LIST "${source}/COPYING")
