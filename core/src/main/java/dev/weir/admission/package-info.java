// SPDX-License-Identifier: Apache-2.0
/**
 * What a caller may start and hold, in the words of who asks and who answers. {@code dev.weir.SecurityPolicy} is asked with an
 * {@link dev.weir.admission.Ask} and answers with a {@link dev.weir.admission.StartAnswer} or a
 * {@link dev.weir.admission.StartedService}.
 */
package dev.weir.admission;
