/* Advanced SIMD of AArch64. */
#define VECTOR_BYTES 16
#define ROWS_PER_TILE 8
#define KERNEL_NAME "neon"
#define KERNEL_NEEDS "Advanced SIMD"
#define KERNEL_TABLE ddni_kernels_neon
#include "kernels/kern_body.h"
