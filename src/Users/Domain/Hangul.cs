using System.Text;

namespace BigTech.Users.Domain;

/// <summary>
/// Korean script support for search. Syllables are composed from jamo by arithmetic (Unicode 3.12), so no language table is needed; the
/// initial consonant (초성) of a syllable is computed the same way.
/// </summary>
internal static class Hangul
{
    private const char FirstSyllable = '\uAC00';
    private const char LastSyllable = '\uD7A3';
    private const char FirstLead = '\u1100';
    private const char FirstVowel = '\u1161';
    private const char BeforeFirstTail = '\u11A7';
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    // The lead consonants in the order of the syllable block, in the form that keyboards produce.
    private const string Initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";

    // Keyboards combine two consonants typed in a row into one of these; in a search by initials no cluster is intended.
    private const string Clusters = "ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ";
    private const string ClusterParts = "ㄱㅅㄴㅈㄴㅎㄹㄱㄹㅁㄹㅂㄹㅅㄹㅌㄹㅍㄹㅎㅂㅅ";

    /// <summary>Combines conjoining jamo into syllables: some keyboards and file systems produce decomposed Korean.</summary>
    public static string Compose(string text)
    {
        if (!text.Any(IsConjoiningJamo)) return text;
        var composed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (composed.Length > 0 && Join(composed[^1], c) is { } syllable) composed[^1] = syllable;
            else composed.Append(c);
        }
        return composed.ToString();
    }

    /// <summary>Replaces every syllable with its initial consonant; all other characters stay.</summary>
    public static string InitialsOf(string text)
    {
        var initials = new StringBuilder(text.Length);
        foreach (var c in text) AppendInitial(initials, c);
        return initials.ToString();
    }

    /// <summary>Whether a text consists only of initial consonants (and spaces), as in a search by initials.</summary>
    public static bool IsInitials(string text) =>
        text.Any(IsConsonant) && text.All(c => IsConsonant(c) || c == ' ');

    private static bool IsConjoiningJamo(char c) => c is >= '\u1100' and <= '\u11FF';

    private static bool IsConsonant(char c) => c is >= 'ㄱ' and <= 'ㅎ';

    private static char? Join(char before, char c)
    {
        if (before - FirstLead is >= 0 and < Leads && c - FirstVowel is >= 0 and < Vowels)
        {
            return (char)(FirstSyllable + ((before - FirstLead) * Vowels + (c - FirstVowel)) * Tails);
        }
        var isOpenSyllable = before is >= FirstSyllable and <= LastSyllable && (before - FirstSyllable) % Tails == 0;
        return isOpenSyllable && c - BeforeFirstTail is > 0 and < Tails ? (char)(before + (c - BeforeFirstTail)) : null;
    }

    private static void AppendInitial(StringBuilder initials, char c)
    {
        if (c is >= FirstSyllable and <= LastSyllable) initials.Append(Initials[(c - FirstSyllable) / (Vowels * Tails)]);
        else if (c - FirstLead is >= 0 and < Leads) initials.Append(Initials[c - FirstLead]);
        else if (Clusters.IndexOf(c, StringComparison.Ordinal) is >= 0 and var cluster) initials.Append(ClusterParts, cluster * 2, 2);
        else initials.Append(c);
    }
}
