using System.Text;

namespace BigTech.Users.Domain;

/// <summary>
/// Korean script as it is typed: the keys of a letter on the two-set keyboard, on which a compound vowel or a pair of final consonants
/// takes two. Letters are conjoining jamo (Unicode 3.12), into which NFKD turns syllables and the letters of keyboards.
/// </summary>
internal static class Hangul
{
    private const int FirstLead = 0x1100;
    private const int FirstVowel = 0x1161;
    private const int FirstTail = 0x11A8;

    private static readonly string[] Leads = "ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ ㅇ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ".Split(' ');

    private static readonly string[] Vowels =
        "ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ".Split(' ');

    private static readonly string[] Tails =
        "ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ".Split(' ');

    /// <summary>Whether a letter is an initial consonant (초성).</summary>
    public static bool IsLead(Rune letter) => IsAmong(Leads, FirstLead, letter);

    /// <summary>Whether a letter belongs to the syllable of the one before it.</summary>
    public static bool ContinuesSyllable(Rune before, Rune letter) =>
        (IsLead(before) && IsAmong(Vowels, FirstVowel, letter))
        || (IsAmong(Vowels, FirstVowel, before) && IsAmong(Tails, FirstTail, letter));

    /// <summary>The keys of a letter; null for other scripts.</summary>
    public static string? KeysOf(Rune letter) =>
        IsLead(letter) ? Leads[letter.Value - FirstLead]
        : IsAmong(Vowels, FirstVowel, letter) ? Vowels[letter.Value - FirstVowel]
        : IsAmong(Tails, FirstTail, letter) ? Tails[letter.Value - FirstTail]
        : null;

    private static bool IsAmong(string[] letters, int first, Rune letter) => letter.Value >= first && letter.Value < first + letters.Length;
}
