#!/usr/bin/env bash
# Prints the tables of src/Chat/Domain/EmojiData.cs from Unicode's emoji-data.txt: build/emoji-ranges.sh < emoji-data.txt
set -euo pipefail

grep -v '^#' | sed -E -n 's/^([0-9A-F]+)(\.\.([0-9A-F]+))? *; *(Emoji|Emoji_Presentation|Emoji_Modifier_Base) *#.*/\4 \1 \3/p' |
    while read -r property first last; do echo "$property $((16#$first)) $((16#${last:-$first}))"; done |
    sort -k1,1 -k2,2n |
    awk '
        function show() { if (property != "") text[property] = text[property] sprintf("0x%X, 0x%X, ", first, last) }
        $1 == property && $2 == last + 1 { last = $3; next }
        { show(); property = $1; first = $2; last = $3 }
        END { show(); for (name in text) print name "\n" text[name] }' |
    fold -s -w 120
