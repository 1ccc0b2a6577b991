/* Datasets: n points in d dimensions, as they were stored, with labels, moments and span.
 * SPDX-License-Identifier: MIT */
#ifndef DIFFDYN_DATASET_H
#define DIFFDYN_DATASET_H

#include <diffdyn/team.h>

DDN_BEGIN_DECLS

/** An immutable set of points a_i, i < n, each with d coordinates: a_ij = scale * stored_ij +
 * shift, a double, and a probability pi_i: 1/n unless the set was given weights
 * (ddn_dataset_create_weighted) or made of one with copies (ddn_dataset_create_distinct). May be
 * shared between threads and contexts. Derived sets (mapped, labelled, subset) keep what they need
 * alive, so any of them may be destroyed in any order.
 *
 * Limits: n >= 1, d >= 1, n * d * size below 2^62 bytes; d at most 2^24. Every stored number must
 * be finite: the first NaN or Inf is reported by row and column (DDN_E_NONFINITE). */
typedef struct ddn_dataset ddn_dataset;

/** Copies points. A fresh set has scale 1, shift 0 and no labels. Errors: DDN_E_NULL, DDN_E_KEY
 * (type), DDN_E_RANGE (n, d), DDN_E_SHAPE (ld), DDN_E_NONFINITE, DDN_E_NOMEM.
 * @param[in] data [n][ld] row-major, ld >= d, counted in elements; copied */
DDN_API ddn_status ddn_dataset_create(ddn_context *ctx, ddn_type type, int64_t n, int64_t d,
                                      const void *data, int64_t ld, ddn_dataset **out);

/** As ddn_dataset_create without the copy. On failure the caller still owns the data and release is
 * not called.
 * @param[in] data [n][ld] aligned to its type; borrowed, unchanged until release(user) is called */
DDN_API ddn_status ddn_dataset_create_borrowed(ddn_context *ctx, ddn_type type, int64_t n,
                                               int64_t d, const void *data, int64_t ld, void *user,
                                               ddn_release_fn release, ddn_dataset **out);

/** File formats; doc/data.md has all that is read. All but CIFAR may be gzip-compressed or members
 * of a zip archive (.npz). */
typedef int32_t ddn_format;
enum ddn_format_values {
    DDN_FORMAT_NONE = -1,    /**< not a value; keeps the constants signed */
    DDN_FORMAT_AUTO = 0,     /**< by content: NPY and IDX magic, else CIFAR by record size */
    DDN_FORMAT_NPY = 1,      /**< NumPy .npy 1.0-3.0: b1, u1 to u8, i1 to i8, f2, f4, f8 in either
                                  order of bytes and of axes; first axis = points, the others are
                                  flattened in C order */
    DDN_FORMAT_IDX = 2,      /**< IDX (MNIST), all its types */
    DDN_FORMAT_CIFAR10 = 3,  /**< CIFAR-10 binary batch: records of 1 label byte + 3072 bytes; the
                                  set comes with its labels */
    DDN_FORMAT_CIFAR100 = 4, /**< CIFAR-100: 2 label bytes, coarse and fine, + 3072; with the fine
                                  labels */
    DDN_FORMAT_CIFAR100_COARSE = 5, /**< the same with the coarse labels; by name alone */
    DDN_FORMAT_NPY_BF16 = 6         /**< as NPY, where u2 (i2, V2) is bfloat16; by name alone */
};

/** Opens a file as a dataset. Numbers are stored as they are, or in the narrowest type that holds
 * them all: u1 and b1 as DDN_TYPE_U8; i1, i2, u2, f2, f4 and bfloat16 as DDN_TYPE_F32; i4, u4, i8,
 * u8 (below 2^53 in magnitude) and f8 as DDN_TYPE_F64. ddn_dataset_description says what was done.
 *
 * A path with ".npz:" or ".zip:" in it names a member of an archive behind the last of these:
 * "x.npz:images" is images.npy in x.npz. Without, the member is the only array, or the first that
 * there is of data, x, images, points, samples, features, their like for training (x_train,
 * train_images, ...) and arr_0; then labels come with the points if the archive has some of such a
 * name (labels, y, targets, ...; y_train, ...). A member that is named comes alone.
 *
 * The file is read whole, into the context's allocator, and closed:
 * what becomes of it later does not matter to the set (a file that is larger than memory:
 * ddn_dataset_open_in_place). Errors name the file: DDN_E_IO (missing, unreadable), DDN_E_FORMAT
 * (what is wrong in it), and those of ddn_dataset_create. */
DDN_API ddn_status ddn_dataset_open(ddn_context *ctx, const char *path, ddn_format format,
                                    ddn_dataset **out);

/** As ddn_dataset_open for a plain file that may be larger than memory: the numbers stay in the
 * file, which the set maps until it and what was made of it are destroyed, and the system brings in
 * what is read and gives it up again. Everything that is computed has the same bits as with the
 * file read. What the numbers cannot be used in as they stand is DDN_E_UNSUPPORTED, with what to
 * do: compressed files and archives, numbers that would have to be converted, Fortran order.
 *
 * The file must not change while the set is there. One that has another size or time of change is
 * refused (DDN_E_IO) when the set is next read; one that is cut short while it is read ends the
 * process (SIGBUS on POSIX systems), as does a disk that fails. Replacing the file by renaming a
 * new one to its name, or removing it, does no harm.
 *
 * Opening reads the header (and the records of CIFAR, for their labels). That all numbers are
 * finite is seen by the first call that reads them all, without a further pass where that takes a
 * mean, as making an oracle does: DDN_E_NONFINITE then, with row and column.
 * doc/howto/memory-and-sizes.md says how often what reads the file, and which functions copy
 * points. */
DDN_API ddn_status ddn_dataset_open_in_place(ddn_context *ctx, const char *path, ddn_format format,
                                             ddn_dataset **out);

/** As ddn_dataset_open with several files as one set, one after another: 1 <= count <= 1000, all of
 * the same d (DDN_E_SHAPE) and of numbers that are stored alike (DDN_E_TYPE). All are open at the
 * same time. The set has labels if each file brings some; folders whose classes have other names
 * than those of the first are DDN_E_FORMAT. Errors name the file.
 * @param[in] paths [count] */
DDN_API ddn_status ddn_dataset_open_files(ddn_context *ctx, ddn_format format, int64_t count,
                                          const char *const *paths, ddn_dataset **out);

/** As ddn_dataset_open_files and ddn_dataset_create_team: each rank reads its share of the rows, of
 * which the shares are as even as can be, in rank order, so that the set has the order of the
 * files. Plain files are read from the place of the share on; what is compressed, in an archive, or
 * in Fortran order, is read by each rank from its beginning to its end, and the rows of others are
 * dropped. A rank needs memory for its share, and for the labels of all points. All ranks have the
 * files, at paths that may differ: files of other sizes or with other headers on one rank are
 * DDN_E_MISMATCH, fewer points than ranks DDN_E_RANGE, and what one rank cannot read ends the call
 * on all of them.
 * @param[in] team retained
 * @param[in] paths [count] */
DDN_API ddn_status ddn_dataset_open_team(ddn_context *ctx, ddn_team *team, ddn_format format,
                                         int64_t count, const char *const *paths,
                                         ddn_dataset **out);

/** As ddn_dataset_open_in_place, of which each rank uses its share of the rows
 * (ddn_dataset_open_team) where they are: it keeps labels, norms and lengths of its points in
 * memory, and reads no rows of others. The rules and errors of both; ranks of one machine that use
 * one file share what the system keeps of it.
 * @param[in] team retained */
DDN_API ddn_status ddn_dataset_open_team_in_place(ddn_context *ctx, ddn_team *team,
                                                  const char *path, ddn_format format,
                                                  ddn_dataset **out);

/** The same stored numbers under the map a = scale * stored + shift, replacing the present map. [0,
 * 255] -> [-1, 1] is scale 1/127.5, shift -1. scale must be finite and not 0, shift finite.
 * @param[in] ds retained */
DDN_API ddn_status ddn_dataset_create_mapped(ddn_context *ctx, const ddn_dataset *ds, double scale,
                                             double shift, ddn_dataset **out);

/** The same points as bytes, where they are bytes under an affine map, as images divided by 255 or
 * normalised are: a set of DDN_TYPE_U8 with that map, labels and weights kept, in an eighth or a
 * quarter of the memory and evaluated faster. The same means: each stored number is step * k + low,
 * 0 <= k <= 255, to 4 roundings of the largest magnitude of any, 2^-22 of it for DDN_TYPE_F32 and
 * 2^-51 for DDN_TYPE_F64; low is the least of them and step the largest that does. The map of the
 * new set is that of ds after this one. A set of bytes is given back as it is. Where the numbers
 * are no bytes: DDN_E_UNSUPPORTED, with the row and the column of one that does not fit to those
 * before it; mostly after a few rows. Can be cancelled.
 * @param[in] ds retained where it has bytes */
DDN_API ddn_status ddn_dataset_create_bytes(ddn_context *ctx, const ddn_dataset *ds,
                                            ddn_dataset **out);

/** The same points with labels, count == n, else DDN_E_SHAPE.
 * @param[in] ds retained
 * @param[in] labels [count] copied */
DDN_API ddn_status ddn_dataset_create_labelled(ddn_context *ctx, const ddn_dataset *ds,
                                               int64_t count, const int32_t *labels,
                                               ddn_dataset **out);

/** As ddn_dataset_create_labelled with the labels from a file: IDX or .npy, each plain,
 * gzip-compressed or a member of an archive (named, or the one that is called like labels): n
 * integers of any type, also as floating-point numbers or truth values, as [n] or [n][1], which
 * must fit in int32; or [n][classes] of zeros with a 1 at the label.
 * @param[in] ds retained */
DDN_API ddn_status ddn_dataset_open_labelled(ddn_context *ctx, const ddn_dataset *ds,
                                             const char *path, ddn_dataset **out);

/** The same points with weights in place of those that they have: point i has the probability pi_i
 * = weights[i] / sum_k weights[k], and everything that is measured on the set is that of the
 * distribution sum_i pi_i delta(a_i); doc/theory.md (25). n stays the number of points. Weights
 * that add up to 1 within 2^-50 are taken as they are. Where all are equal the new set has none,
 * which is the same. count == n, else DDN_E_SHAPE; each weight finite (DDN_E_NONFINITE) and
 * positive, the least at least 1e-250 times the largest (DDN_E_RANGE).
 * @param[in] ds retained
 * @param[in] weights [count] copied */
DDN_API ddn_status ddn_dataset_create_weighted(ddn_context *ctx, const ddn_dataset *ds,
                                               int64_t count, const double *weights,
                                               ddn_dataset **out);

/** The distinct points, in the order in which they come first, with the weights of all their
 * copies: the same distribution with fewer points. Copies are points that are equal as numbers,
 * under the map; -0 is 0. The label of a point whose copies have several is the most probable one,
 * the lowest in a tie, and its class is a distribution: ddn_dataset_label_shares gives it, and
 * posteriors of classes are those of the copies (doc/theory.md (25)). What counts points, such as
 * the probability that two paths end at the same one, then speaks of distinct points. Room for such
 * labels: 8 bytes for each of the classes times each of the distributions that occur. Without
 * copies the new set is the same as ds. Can be cancelled.
 * @param[in] ds retained where it has no copies */
DDN_API ddn_status ddn_dataset_create_distinct(ddn_context *ctx, const ddn_dataset *ds,
                                               ddn_dataset **out);

/** Copies rows with map, labels and weights, which are normalised anew.
 * @param[in] ds not kept
 * @param[in] rows [count] each in [0, n), repeats allowed, order kept */
DDN_API ddn_status ddn_dataset_create_subset(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                             const int64_t *rows, ddn_dataset **out);

/** Copies the rows whose label is one of the classes, in their order, with map, labels and weights,
 * which are normalised anew. A row whose label is a distribution (ddn_dataset_create_distinct)
 * belongs to it with the share that the classes have in it. A class that no row has is
 * DDN_E_KEY; a set without labels is DDN_E_UNSUPPORTED.
 * @param[in] ds not kept
 * @param[in] classes [count] */
DDN_API ddn_status ddn_dataset_create_class_subset(ddn_context *ctx, const ddn_dataset *ds,
                                                   int64_t count, const int32_t *classes,
                                                   ddn_dataset **out);

/** The set of the points of all ranks, in rank order: `part` holds those of this one. All ranks
 * make this call, and those with the set, together (ddn_team). All functions of this file, the
 * times of ddn_analysis_spectrum, the Gaussian of the set and the empirical oracle then are those
 * of the whole set, and analyses of that oracle measure it; row i is point i of the whole. Copies
 * are told by digests of 128 bits.
 *
 * Sets that are made of it are sets over the same team, and what they are made with is given on
 * each rank for the whole: labels, weights, rows. Subsets and distinct points are dealt out again,
 * in order and in shares as even as can be; fewer points than ranks are DDN_E_RANGE.
 *
 * All parts have the same d, type, map, and labels or none (DDN_E_SHAPE); parts with weights or
 * several labels of a point are DDN_E_UNSUPPORTED: it is the whole set that is given these. Refused
 * likewise is such a set as the points of a model, of features, of a Frechet distance and of
 * starts, and by observers and analyses that take points: they look at points one by one, which
 * would be an exchange for each.
 *
 * Memory beside the part: for each point of the whole set 8 bytes if it has a label, 24 if it has a
 * weight; while subsets, distinct points and the spectrum are found, what one process needs for
 * them without the points.
 * @param[in] team retained
 * @param[in] part retained */
DDN_API ddn_status ddn_dataset_create_team(ddn_context *ctx, ddn_team *team,
                                           const ddn_dataset *part, ddn_dataset **out);
/** The team that the set is spread over.
 * @return borrowed from the set, or NULL for one that this process has for itself */
DDN_API const ddn_team *ddn_dataset_team(const ddn_dataset *ds);

/** Adds a reference to the dataset: it then takes one more ddn_dataset_destroy. DDN_E_NULL,
 * DDN_E_HANDLE. */
DDN_API ddn_status ddn_dataset_retain(const ddn_dataset *ds);
/** Lets go of the set. NULL is a no-op. */
DDN_API void ddn_dataset_destroy(ddn_dataset *ds);

/** Number of points; 0 for NULL. */
DDN_API int64_t ddn_dataset_n(const ddn_dataset *ds);
/** Number of dimensions; 0 for NULL. */
DDN_API int64_t ddn_dataset_d(const ddn_dataset *ds);
/** Type in which the points are stored; 0 for NULL. */
DDN_API ddn_type ddn_dataset_type(const ddn_dataset *ds);
/** Factor of the map; 0 for NULL. */
DDN_API double ddn_dataset_scale(const ddn_dataset *ds);
/** Shift of the map; 0 for NULL. */
DDN_API double ddn_dataset_shift(const ddn_dataset *ds);

/** Where the points come from and what was done to them, for a person to read: the file and its
 * type of numbers, whether they were converted, and whence the labels. "" where the set was made of
 * numbers in memory; NULL for NULL. What is derived from a set has the text of that set, but for
 * ddn_dataset_create_in_span.
 * @return borrowed, as long as the set lives */
DDN_API const char *ddn_dataset_description(const ddn_dataset *ds);

/** Reads points first .. first+count-1, mapped.
 * @param[out] out [count][ldo] ldo >= d */
DDN_API ddn_status ddn_dataset_read(ddn_context *ctx, const ddn_dataset *ds, int64_t first,
                                    int64_t count, double *out, int64_t ldo);

/** A digest of the whole set, to tell later whether it is the same one: XXH64 with seed 0, numbers
 * as their little-endian bytes, over seven 64-bit words: n, d, type, scale and shift (as doubles),
 * the XXH64 of the labels (int32, in row order; 0 without labels), and the XXH64 of the list of
 * XXH64s of blocks of 256 rows, each that of the list of XXH64s of its rows. Where points have
 * weights, that digest D becomes the XXH64 of two words, D and the XXH64 of pi (doubles); where
 * points have several labels, then the XXH64 of four: D and the XXH64s of the number of each
 * point's distribution (int32, numbered in the order in which they occur), of the distinct labels
 * (int32), and of the distributions (doubles). 1 where that gives 0.
 * Equal sets have equal digests however they were made and on every machine; it is not proof
 * against forgery. Made once, at about the speed of memory, then kept. Can be cancelled.
 * @param[out] digest the digest; untouched on failure
 * Errors: DDN_E_NULL, DDN_E_NOMEM, DDN_STOPPED. */
DDN_API ddn_status ddn_dataset_digest(ddn_context *ctx, const ddn_dataset *ds, int64_t *digest);

/** As ddn_dataset_read in single precision: each number is rounded once; floats without a map are
 * copied as they are. A number beyond the range of float is DDN_E_RANGE, by row and column, and
 * nothing is written then.
 * @param[out] out [count][ldo] ldo >= d; may be NULL where count = 0 */
DDN_API ddn_status ddn_dataset_read_f32(ddn_context *ctx, const ddn_dataset *ds, int64_t first,
                                        int64_t count, float *out, int64_t ldo);

/** 1 where points have weights of their own, 0 where each has 1/n, and for NULL. */
DDN_API int32_t ddn_dataset_is_weighted(const ddn_dataset *ds);
/** The probability pi_i of each point, 1/n without weights; capacity >= n (DDN_E_CAPACITY).
 * @param[out] weights [capacity] */
DDN_API ddn_status ddn_dataset_weights(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                                       double *weights);

/** How many points are copies of an earlier one: n less the number of distinct points, which
 * ddn_dataset_create_distinct leaves. Reads all points. Can be cancelled.
 * @param[out] copies the number */
DDN_API ddn_status ddn_dataset_copy_count(ddn_context *ctx, const ddn_dataset *ds, int64_t *copies);

/** Number of distinct labels; 0 without labels. */
DDN_API int64_t ddn_dataset_class_count(const ddn_dataset *ds);
/** The distinct labels in ascending order and how many points have each, or have it as the most
 * probable one; weights do not count. capacity >=
 * ddn_dataset_class_count, else DDN_E_CAPACITY.
 * @param[out] values [capacity] or NULL
 * @param[out] counts [capacity] or NULL */
DDN_API ddn_status ddn_dataset_classes(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                                       int32_t *values, int64_t *counts);
/** The label of each point, the most probable one where it has several, capacity >= n
 * (DDN_E_CAPACITY). Without labels DDN_E_UNSUPPORTED.
 * @param[out] labels [capacity] */
DDN_API ddn_status ddn_dataset_labels(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                                      int32_t *labels);

/** The probability of each label for points first .. first+count-1, in the order of
 * ddn_dataset_classes: 1 and 0 but for points that were made of copies with several labels. Without
 * labels DDN_E_UNSUPPORTED.
 * @param[out] shares [count][lds] lds >= ddn_dataset_class_count */
DDN_API ddn_status ddn_dataset_label_shares(ddn_context *ctx, const ddn_dataset *ds, int64_t first,
                                            int64_t count, double *shares, int64_t lds);

/** Mean of the points, sum_i pi_i a_i, accumulated in double; capacity >= d (DDN_E_CAPACITY).
 * @param[out] mean [capacity] */
DDN_API ddn_status ddn_dataset_mean(ddn_context *ctx, const ddn_dataset *ds, int64_t capacity,
                                    double *mean);
/** Squared norms |a_i - centre|^2, whatever the weights; capacity >= n (DDN_E_CAPACITY).
 * @param[in] centre [d] or NULL for 0
 * @param[out] norms [capacity] */
DDN_API ddn_status ddn_dataset_squared_norms(ddn_context *ctx, const ddn_dataset *ds,
                                             int64_t capacity, const double *centre, double *norms);

/** The k nearest points of each of m positions: their rows and squared Euclidean distances, nearest
 * first. Exact: the k points of least |x - a_i|^2 as taken by differences in double, at equal
 * distances those of the lowest rows; copies of a point count as points of their own. Bounds in
 * single precision or in integers only prove which points cannot be among them, so that all but a
 * few points are read as they are stored; doc/theory.md (90). The same bits for any m and number of
 * threads. Scratch of some 100 MB, 32 k m bytes at most beyond that. Can be cancelled; outputs are
 * then partly written. Errors: DDN_E_NULL, DDN_E_RANGE (k, m; a position or a point is more than
 * 1e150 away from the others), DDN_E_SHAPE (ldx), DDN_E_NONFINITE (x), DDN_E_NOMEM, DDN_STOPPED.
 * @param[in] k 1 <= k <= n
 * @param[in] x [m][ldx] ldx >= d
 * @param[out] index [m][k] rows of the points, or NULL
 * @param[out] distance2 [m][k] ascending, or NULL */
DDN_API ddn_status ddn_dataset_nearest(ddn_context *ctx, const ddn_dataset *ds, int64_t m,
                                       int64_t k, const double *x, int64_t ldx, int64_t *index,
                                       double *distance2);

/** Leading eigenpairs of the covariance C = sum_i pi_i (a_i - mean)(a_i - mean)^T, largest first,
 * by the matrix of size min(n, d) where that is small (up to 1024, or 2048 when count > 64), else
 * matrix-free (block Lanczos with full reorthogonalisation; memory O(count * (n + d)));
 * doc/theory.md (20), (25). A value of multiplicity m appears m times. The sign of a vector is such
 * that its component of largest magnitude is positive. Each value is accurate to 1e-10 * values[0],
 * as the numbers that ddn_dataset_read gives determine it: however far from 0 the points are (they
 * are then rounded to 2^-53 of that distance, which is not counted), and exactly 0 for copies of
 * one point. 1 <= count <= min(n, d, 512). Can be cancelled. DDN_E_CONVERGENCE if that accuracy was
 * not reached, DDN_E_NONFINITE if the covariance is outside the range of double.
 * @param[out] values [count]
 * @param[out] vectors [count][ldv] of unit length, ldv >= d; or NULL */
DDN_API ddn_status ddn_dataset_spectrum(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                        double *values, double *vectors, int64_t ldv);

/** sum_i log(1 + lambda_i / c[k]) over all eigenvalues lambda_i of the covariance, for each c[k]:
 * what the collapse time of a Gaussian surrogate needs (doc/theory.md (35)). Exact when min(n,
 * d) <= 4096, else by stochastic Lanczos quadrature with 24 random vectors.
 * @param[in] c [count] > 0
 * @param[out] sums [count]
 * @param[out] standard_errors [count] 0 where exact; or NULL */
DDN_API ddn_status ddn_dataset_log_det(ddn_context *ctx, const ddn_dataset *ds, int64_t count,
                                       const double *c, double *sums, double *standard_errors);

/** The affine span of the points: their mean, by their weights, and orthonormal axes v_k, k < r,
 * such that every point is mean + sum_k c_k v_k; r <= n - 1. With n < d (or points that fill fewer
 * dimensions than they have) the dynamics in the coordinates c is the same problem in r dimensions,
 * and what lies outside the span is Gaussian and known in closed form; doc/theory.md (80), (81). An
 * evaluation then costs n r instead of n d multiply-adds, for two products of d r for each state at
 * the ends of a run. It pays
 * - for runs: a single evaluation gains nothing, since its two products cost as much as it saves;
 *   making the span costs about as much as evaluating 5 n to 30 n states in d dimensions;
 * - where r is well below d as stored: u8 and f32 data are evaluated faster than doubles, so take
 *   DDN_TYPE_F32 for their reduced set, which gains from r < d / 2 on.
 *
 * Immutable; may be shared between threads and contexts. */
typedef struct ddn_span ddn_span;

/** Finds the span of ds, n >= 2, min(n, d) <= 8192. Axes come in order of falling variance as far
 * as eigenvalues tell it, and are orthonormal to 1e-14. Left out are axes along which the variance
 * of the points is at most `tolerance`, in [0, 1), times the largest eigenvalue of their
 * covariance (which has the weights in it), and what may be rounding: 1e-28 of the mean square of
 * the points, for n >= d also 2^-52 (d + 16) of that eigenvalue. ddn_span_distance says what was
 * lost. Time O(min(n, d)^2 (n + d)); memory 8 r (n + d) bytes and, while it is made, up to 8 min(n,
 * d) (4 min(n, d) + d) more. Can be cancelled. Errors: DDN_E_NULL, DDN_E_RANGE (size, tolerance),
 * DDN_E_UNSUPPORTED (all points are equal), DDN_E_NONFINITE (tolerance; the covariance is outside
 * the range of double), DDN_E_CONVERGENCE, DDN_E_NOMEM.
 * @param[in] ds not kept */
DDN_API ddn_status ddn_span_create(ddn_context *ctx, const ddn_dataset *ds, double tolerance,
                                   ddn_span **out);
/** Adds a reference to the span: it then takes one more ddn_span_destroy. DDN_E_NULL, DDN_E_HANDLE.
 */
DDN_API ddn_status ddn_span_retain(const ddn_span *span);
/** Lets go of the span. NULL is a no-op. */
DDN_API void ddn_span_destroy(ddn_span *span);

/** The dimension r >= 1 of the span; 0 for NULL. */
DDN_API int64_t ddn_span_rank(const ddn_span *span);
/** The largest Euclidean distance of a point from the span, which is rounding for n < d and
 * tolerance 0, and 0 where the span has all d dimensions. 0 for NULL. */
DDN_API double ddn_span_distance(const ddn_span *span);

/** The coordinates of the points as a set of n points in r dimensions with mean 0 and the labels
 * and weights of the original: DDN_TYPE_F64, which copies nothing, or DDN_TYPE_F32, rounded to
 * 2^-24 of each number, twice as fast. Errors: DDN_E_NULL, DDN_E_RANGE (type), DDN_E_NONFINITE (too
 * large for DDN_TYPE_F32), DDN_E_NOMEM.
 * @param[in] span retained with DDN_TYPE_F64 */
DDN_API ddn_status ddn_dataset_create_in_span(ddn_context *ctx, const ddn_span *span, ddn_type type,
                                              ddn_dataset **out);

/** From d dimensions to r; doc/theory.md (80). a >= 0 is 1 for points, a(t) for states x_t = a
 * x_0 + s z of a schedule, 0 for vectors (scores, noise). Nothing overlaps but as said. Each row
 * has the same bits whatever the batch and the number of threads. Errors: DDN_E_NULL, DDN_E_SHAPE
 * (ld), DDN_E_RANGE (m, a), DDN_E_NONFINITE (x, a); outputs are then untouched.
 * @param[in] x [m][ldx] ldx >= d
 * @param[out] coordinates [m][ldc] V^T (x - a mean), ldc >= r
 * @param[out] residual [m][ldr] (x - a mean) - V V^T (x - a mean), ldr >= d; may be x itself with
 *     ldr == ldx; or NULL */
DDN_API ddn_status ddn_span_project(ddn_context *ctx, const ddn_span *span, double a, int64_t m,
                                    const double *x, int64_t ldx, double *coordinates, int64_t ldc,
                                    double *residual, int64_t ldr);

/** Back: a mean + V coordinates, to which the caller adds what is outside. No overlap. Rules and
 * errors as for ddn_span_project.
 * @param[in] coordinates [m][ldc] ldc >= r
 * @param[out] out [m][ldo] ldo >= d */
DDN_API ddn_status ddn_span_lift(ddn_context *ctx, const ddn_span *span, double a, int64_t m,
                                 const double *coordinates, int64_t ldc, double *out, int64_t ldo);

DDN_END_DECLS

#endif
