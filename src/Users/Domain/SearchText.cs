using System.Text;

namespace BigTech.Users.Domain;

/// <summary>
/// A text as search compares it: as its keys are typed, whatever its form, width, case, accents and blanks. So a text that is typed only
/// half is the beginning of the whole, also in the middle of a Korean syllable: 기, 김ㅁ and 김미 begin 김민지.
/// </summary>
internal sealed class SearchText
{
    private readonly StringBuilder _keys = new();
    private readonly StringBuilder _initials = new();
    private readonly List<Character> _characters = [];

    /// <param name="text">A name, or what is searched for.</param>
    public SearchText(string text)
    {
        // Runes: lone surrogates become a replacement character. U+FFFE cannot be normalized.
        var valid = string.Concat(text.Replace('\uFFFE', '\uFFFD').EnumerateRunes());
        var before = default(Rune);
        foreach (var rune in valid.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (TextValidation.IsInvisible(rune) || IsAccent(rune)) continue;
            Append(rune, before);
            before = rune;
        }
    }

    /// <param name="Keys">Where it begins in the keys.</param>
    /// <param name="Initials">Where it begins in the initials.</param>
    /// <param name="IsSyllable">Whether it is Korean.</param>
    private readonly record struct Character(int Keys, int Initials, bool IsSyllable);

    public string Keys => _keys.ToString();

    /// <summary>
    /// The keys from each character on, because a search finds a text that begins at any of them; and from each Korean syllable on the
    /// initial consonants (초성) in place of the keys.
    /// </summary>
    public IEnumerable<(bool IsInside, string Text)> Endings()
    {
        var (keys, initials) = (Keys, _initials.ToString());
        for (var i = 0; i < _characters.Count; i++)
        {
            var character = _characters[i];
            yield return (i > 0, keys[character.Keys..]);
            if (character.IsSyllable && i + 1 < _characters.Count) yield return (i > 0, initials[character.Initials..]);
        }
    }

    private void Append(Rune rune, Rune before)
    {
        var keys = Hangul.KeysOf(rune) ?? Fold(rune);
        var isNew = !Hangul.ContinuesSyllable(before, rune) && (_characters.Count == 0 || !IsMark(rune));
        if (isNew) _characters.Add(new Character(_keys.Length, _initials.Length, Hangul.IsLead(rune)));
        _keys.Append(keys);
        // A syllable has its first letter only.
        if (isNew || !_characters[^1].IsSyllable) _initials.Append(keys);
    }

    /// <summary>
    /// Accents of Latin, Greek and Cyrillic, the points of Hebrew and Arabic, and the line that lengthens Arabic words: people leave them
    /// out. The marks of other scripts are letters.
    /// </summary>
    private static bool IsAccent(Rune rune) => rune.Value == 0x0640 || (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark
        && rune.Value is < 0x0700 or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF)
            or (>= 0xFE20 and <= 0xFE2F));

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Without case; letters that Unicode does not decompose as the plain letters that people type for them.</summary>
    private static string Fold(Rune rune)
    {
        // By way of the upper case: small letters may share one, such as σ and ς.
        var lower = Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));
        return lower.Value switch
        {
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'þ' => "th",
            'ø' => "o",
            'đ' or 'ð' => "d",
            'ħ' => "h",
            'ı' => "i",
            'ł' => "l",
            '’' => "'",
            // Hiragana as Katakana.
            >= 0x3041 and <= 0x3096 => new Rune(lower.Value + 0x60).ToString(),
            _ => lower.ToString(),
        };
    }
}
