/* Advanced SIMD of AArch64. Of 32 registers a product has 8 x 2 for sums, the rest for lanes and
 * rows. */
#define VECTOR_BYTES 16
#define ROWS_PER_TILE 8
#define KERNEL_NAME "neon"
#define KERNEL_NEEDS "Advanced SIMD"
#define KERNEL_TABLE ddni_kernels_neon
#include "kernels/kern_body.h"
