using System.Text;

namespace BigTech.Chat.Domain;

/// <summary>The valid reactions to a message: one emoji, in its one stored form.</summary>
internal static class Emoji
{
    // More UTF-16 units than four people with skin tones need, with the joiners and selectors between them.
    private const int MaxLength = 32;

    // As many as the largest families and couples have.
    private const int MaxParts = 4;

    private const int Joiner = 0x200D;
    private const int Selector = 0xFE0F;
    private const int Keycap = 0x20E3;
    private const int FirstRegional = 0x1F1E6;
    private const int LastRegional = 0x1F1FF;
    private const int FirstTone = 0x1F3FB;
    private const int LastTone = 0x1F3FF;
    private const int BlackFlag = 0x1F3F4;
    private const int FirstTag = 0xE0020;
    private const int LastTag = 0xE007E;
    private const int EndOfTags = 0xE007F;

    /// <summary>
    /// The stored form of a text that is one emoji; null for any other text. One emoji is what Unicode Technical Standard 51 calls
    /// possible: a character with or without a skin tone, several of them joined, a keycap, or a flag. In the stored form the selector
    /// follows only characters that are shown as text by default: a heart with the selector and one without it are equal.
    /// </summary>
    public static string? Normalize(string text)
    {
        if (text.Length is 0 or > MaxLength) return null;
        // Half of a surrogate pair becomes the replacement character, which is not an emoji.
        int[] code = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        return code switch
        {
            [var key, Keycap] => KeycapOf(key),
            [var key, Selector, Keycap] => KeycapOf(key),
            [>= FirstRegional and <= LastRegional, >= FirstRegional and <= LastRegional] => text,
            [BlackFlag, .. var tags, EndOfTags] => IsSubdivision(tags) ? text : null,
            [>= FirstTone and <= LastTone] => text,
            _ => Joined(code),
        };
    }

    private static string? Joined(ReadOnlySpan<int> code)
    {
        var form = new StringBuilder();
        var parts = 0;
        foreach (var range in code.Split(Joiner))
        {
            if (++parts > MaxParts || Part(code[range]) is not { } part) return null;
            if (parts > 1) form.Append((char)Joiner);
            form.Append(part);
        }
        return form.ToString();
    }

    private static string? Part(ReadOnlySpan<int> code) => code switch
    {
        [var person, >= FirstTone and <= LastTone] when EmojiData.TakesTone(person) => Text(code),
        [var sign] => Shown(sign),
        [var sign, Selector] => Shown(sign),
        _ => null,
    };

    private static string? Shown(int sign)
    {
        if (!IsPictograph(sign)) return null;
        return EmojiData.IsShownAsEmoji(sign) ? Text([sign]) : Text([sign, Selector]);
    }

    /// <summary>Whether a character is an emoji by itself, and not only part of a keycap, a flag or an emoji with a skin tone.</summary>
    private static bool IsPictograph(int codePoint) =>
        EmojiData.IsEmoji(codePoint) && !IsKey(codePoint)
            && codePoint is not ((>= FirstRegional and <= LastRegional) or (>= FirstTone and <= LastTone));

    private static string? KeycapOf(int key) => IsKey(key) ? Text([key, Selector, Keycap]) : null;

    private static bool IsKey(int codePoint) => codePoint is (>= '0' and <= '9') or '#' or '*';

    /// <summary>The flags that are spelled with tags: only those of England, Scotland and Wales are in use.</summary>
    private static bool IsSubdivision(ReadOnlySpan<int> tags)
    {
        var name = new StringBuilder();
        foreach (var tag in tags)
        {
            if (tag is < FirstTag or > LastTag) return false;
            name.Append((char)(tag - FirstTag + ' '));
        }
        return name.ToString() is "gbeng" or "gbsct" or "gbwls";
    }

    private static string Text(ReadOnlySpan<int> code)
    {
        var text = new StringBuilder();
        foreach (var codePoint in code) text.Append(char.ConvertFromUtf32(codePoint));
        return text.ToString();
    }
}
