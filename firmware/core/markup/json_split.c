// SPDX-License-Identifier: MIT
//
// Brackets and strings are all the splitter understands. Whether what stands between them is JSON
// is for json-c to say, of each piece by itself.

#include "core/markup/json_split.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "wirebell/limits.h"

// Levels of brackets: inside the top object, and inside its array of items.
enum { DEPTH_TOP = 1, DEPTH_ITEMS = 2 };

struct json_split {
    struct charset *text;
    const char *const *keys;
    struct json_split_report report;
    size_t depth;
    bool is_in_items;
    char key[24]; // the last one of the top object, cut to fit
    size_t key_size;
    bool is_after_colon; // what comes is the value of that key
    // The string we are in:
    bool is_in_string;
    bool is_escaped;    // the last byte was a backslash
    unsigned hex_left;  // digits of \uXXXX still to come
    size_t string_size; // so far
    bool is_skipping;   // it is too long: what comes before its end is passed over
    // The piece being read:
    struct json_tokener *tokener; // owned
    struct json_object *value;    // owned; whole, once there
    const char *piece_key;        // NULL = we are between pieces
    size_t values;                // at most so many are in it
    bool is_refused;
    bool is_over;
};

int json_split_new(struct charset *text, const char *const *keys, struct json_split **ret) {
    struct json_split *split = calloc(1, sizeof *split);
    if (!split)
        return -ENOMEM;
    split->tokener = json_tokener_new_ex(LIMIT_DEPTH);
    if (!split->tokener) {
        free(split);
        return -ENOMEM;
    }
    split->text = text;
    split->keys = keys;
    *ret = split;
    return 0;
}

struct json_split *json_split_free(struct json_split *split) {
    if (!split)
        return NULL;
    json_object_put(split->value);
    json_tokener_free(split->tokener);
    free(split);
    return NULL;
}

struct json_split_report json_split_report(const struct json_split *split) {
    return split->report;
}

// --- pieces ------------------------------------------------------------------------------------

static const char *wanted_key(const struct json_split *s) {
    for (const char *const *key = s->keys; *key; key++)
        if (strlen(*key) == s->key_size && memcmp(*key, s->key, s->key_size) == 0)
            return *key;
    return NULL;
}

static void begin_piece(struct json_split *s, const char *key) {
    s->piece_key = key;
    s->values = 0;
    s->is_refused = false;
    json_tokener_reset(s->tokener);
}

static void drop_value(struct json_split *s) {
    (void)json_object_put(s->value); // tells whether others hold it still
    s->value = NULL;
}

static void count_value(struct json_split *s) {
    if (++s->values > LIMIT_JSON_VALUES)
        s->is_refused = true;
}

// json-c has an error for it since 0.17; before, it stopped without one.
static bool is_out_of_memory(const struct json_object *value, enum json_tokener_error error) {
#if JSON_C_VERSION_NUM >= (0 << 16 | 17 << 8)
    if (error == json_tokener_error_memory)
        return true;
#endif
    return !value && error == json_tokener_success;
}

// Shows json-c the next bytes of the piece. Returns 0 or -ENOMEM.
static int show(struct json_split *s, const char *bytes, size_t size) {
    if (s->is_refused || size == 0)
        return 0;
    s->is_refused = s->value != NULL; // it was at its end before the splitter was
    if (s->is_refused)
        return 0;
    s->value = json_tokener_parse_ex(s->tokener, bytes, (int)size);
    enum json_tokener_error error = json_tokener_get_error(s->tokener);
    if (is_out_of_memory(s->value, error))
        return -ENOMEM;
    s->is_refused = error != json_tokener_success && error != json_tokener_continue;
    return 0;
}

// --- bytes -------------------------------------------------------------------------------------

static void begin_string(struct json_split *s) {
    s->is_in_string = true;
    s->is_escaped = false;
    s->hex_left = 0;
    s->string_size = 0;
    if (s->depth != DEPTH_TOP)
        return;
    const char *key = s->is_after_colon ? wanted_key(s) : NULL;
    if (!s->is_after_colon)
        s->key_size = 0;
    else if (key)
        begin_piece(s, key);
}

static void step_in_string(struct json_split *s, char byte) {
    s->is_in_string = byte != '"' || s->is_escaped;
    if (s->is_escaped)
        s->hex_left = byte == 'u' ? 4 : 0;
    else if (s->hex_left > 0)
        s->hex_left--;
    s->is_escaped = byte == '\\' && !s->is_escaped;
    s->string_size++;
    if (s->depth != DEPTH_TOP)
        return;
    bool is_key = s->is_in_string && !s->is_after_colon;
    if (is_key && s->key_size < sizeof s->key)
        s->key[s->key_size++] = byte;
    s->is_over = !s->is_in_string && s->piece_key;
}

static void open_bracket(struct json_split *s, char byte) {
    if (s->piece_key)
        count_value(s);
    else if (s->depth == DEPTH_ITEMS && s->is_in_items && byte == '{')
        begin_piece(s, "items");
    bool is_items = s->depth == DEPTH_TOP && byte == '[' && s->is_after_colon && s->key_size == 5 &&
                    memcmp(s->key, "items", 5) == 0;
    s->is_in_items |= is_items;
    s->report.has_items |= is_items;
    s->depth++;
}

// False when the document is not to be gone on with.
static bool close_bracket(struct json_split *s, char byte) {
    if (s->depth == DEPTH_ITEMS && s->is_in_items) {
        if (byte != ']')
            return false;
        s->is_in_items = false;
    }
    s->depth--;
    s->is_over = s->piece_key && s->depth == DEPTH_ITEMS;
    return s->depth > 0;
}

// Returns false at the end of the top object.
static bool step(struct json_split *s, char byte) {
    switch (byte) {
    case '"':
        begin_string(s);
        return true;
    case '{':
    case '[':
        open_bracket(s, byte);
        return true;
    case '}':
    case ']':
        return close_bracket(s, byte);
    case ':':
        s->is_after_colon |= s->depth == DEPTH_TOP;
        return true;
    case ',':
        if (s->depth == DEPTH_TOP)
            s->is_after_colon = false;
        if (s->piece_key)
            count_value(s);
        return true;
    default:
        return true;
    }
}

// Is this byte of a string beyond what a field may hold?
static bool is_too_much(const struct json_split *s, char byte) {
    if (!s->is_in_string || s->string_size < LIMIT_FIELD_MAX)
        return false;
    bool is_between = !s->is_escaped && s->hex_left == 0 && (byte & 0xC0) != 0x80;
    return s->is_skipping || (is_between && byte != '"');
}

// Passes over the rest of a string that is too long, up to its closing quote.
static void skip_string(struct json_split *s, struct charset_window *in) {
    s->is_skipping = true;
    for (; in->at < in->end; in->at++) {
        if (*in->at == '"' && !s->is_escaped) {
            s->is_skipping = false;
            return;
        }
        s->is_escaped = *in->at == '\\' && !s->is_escaped;
    }
}

// Goes through the window, at most to the end of a piece. Returns 1 to go on, 0 at the end of the
// top object, -ENOMEM.
static int step_window(struct json_split *s, struct charset_window *in) {
    const char *from = in->at;
    bool is_open = true;
    while (is_open && !s->is_over && in->at < in->end) {
        char byte = *in->at;
        if (is_too_much(s, byte)) {
            int r = s->piece_key ? show(s, from, (size_t)(in->at - from)) : 0;
            if (r < 0)
                return r;
            skip_string(s, in);
            from = in->at;
            continue;
        }
        bool was_between = !s->piece_key;
        if (s->is_in_string)
            step_in_string(s, byte);
        else
            is_open = step(s, byte);
        if (was_between && s->piece_key)
            from = in->at;
        in->at++;
    }
    int r = s->piece_key ? show(s, from, (size_t)(in->at - from)) : 0;
    return r < 0 ? r : is_open;
}

static bool end_piece(struct json_split *s, struct json_piece *ret) {
    if (s->is_refused)
        drop_value(s);
    *ret = (struct json_piece){s->piece_key, s->value};
    s->piece_key = NULL;
    s->is_over = false;
    return ret->value || strcmp(ret->key, "items") == 0;
}

int json_split_next(struct json_split *s, struct json_piece *ret_piece) {
    struct charset_window *in = charset_window(s->text);
    drop_value(s);
    while (charset_more(s->text, 1)) {
        int r = step_window(s, in);
        if (r < 0)
            return r;
        if (s->is_over && end_piece(s, ret_piece))
            return 1;
        if (r == 0) {
            s->report.is_cut = s->depth > 0;
            in->at = in->end; // whatever stands behind the feed is none of our business
            return 0;
        }
    }
    s->report.is_cut |= s->depth > 0;
    return 0;
}
