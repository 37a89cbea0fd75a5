// SPDX-License-Identifier: MIT
//
// libFuzzer door to board files, libconfuse behind it: any bytes as NAME.board. Asserted beside "no
// crash": a board that is taken is as wirebell/board.h promises, one that is not has a complaint,
// and a second reading says the same as the first: libconfuse's scanner keeps state.

#include <stdint.h>

#include "soundness.h"
#include "port/files/board.h"
#include "text_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct text_path text = text_path_open(data, size);
    size_t errors[2];
    for (int i = 0; i < 2; i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        static struct board board;
        const int r = board_load(text.path, &diags, &board);
        check((r == 0) == (diags.error_count == 0));
        check_diags(&diags);
        if (r == 0) {
            check_board(&board);
            check(board.line_count > 0);
        }
        errors[i] = diags.error_count;
        diag_list_done(&diags);
    }
    check(errors[0] == errors[1]);
    text_path_close(&text);
    return 0;
}
