namespace BigTech.Tests.Unit.Users;

/// <summary>
/// The automaton of the Korean two-set keyboard (KS X 5002), which composes syllables from keys: a consonant joins the syllable before it
/// as its end, until a vowel takes it over.
/// </summary>
internal sealed class TwoSetKeyboard
{
    private const string Leads = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
    private const string Vowels = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ";
    private const string Tails = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";

    // Two keys, and the letter that they make.
    private static readonly Dictionary<string, char> Compounds =
        "ㅗㅏㅘ ㅗㅐㅙ ㅗㅣㅚ ㅜㅓㅝ ㅜㅔㅞ ㅜㅣㅟ ㅡㅣㅢ ㄱㅅㄳ ㄴㅈㄵ ㄴㅎㄶ ㄹㄱㄺ ㄹㅁㄻ ㄹㅂㄼ ㄹㅅㄽ ㄹㅌㄾ ㄹㅍㄿ ㄹㅎㅀ ㅂㅅㅄ"
            .Split(' ').ToDictionary(made => made[..2], made => made[2]);

    private string _done = "";
    private (char Lead, char Vowel, string Tail) _syllable;

    public string Shown => _done + Show(_syllable);

    /// <summary>The keys for a text of syllables.</summary>
    public static IEnumerable<char> KeysOf(string text) => text.SelectMany(c =>
    {
        var (lead, vowel, tail) = ((c - '가') / 588, (c - '가') / 28 % 21, (c - '가') % 28);
        return $"{Leads[lead]}{Parts(Vowels[vowel])}{(tail == 0 ? "" : Parts(Tails[tail]))}";
    });

    public void Press(char key)
    {
        var (lead, vowel, tail) = _syllable;
        if (!Vowels.Contains(key))
        {
            if (vowel != default && TailOf(tail + key) is not null) _syllable.Tail = tail + key;
            else Begin(key);
        }
        else if (vowel == default)
        {
            _syllable.Vowel = key;
        }
        else if (tail is not (null or ""))
        {
            _syllable = (lead, vowel, tail[..^1]);
            Begin(tail[^1]);
            _syllable.Vowel = key;
        }
        else
        {
            _syllable.Vowel = Compounds[$"{vowel}{key}"];
        }
    }

    private void Begin(char lead)
    {
        _done = Shown;
        _syllable = (lead, default, "");
    }

    private static string Show((char Lead, char Vowel, string Tail) syllable) => syllable switch
    {
        { Lead: '\0' } => "",
        { Vowel: '\0' } => $"{syllable.Lead}",
        _ => $"{(char)('가' + ((Leads.IndexOf(syllable.Lead) * 21 + Vowels.IndexOf(syllable.Vowel)) * 28
            + Tails.IndexOf(TailOf(syllable.Tail) ?? ' ')))}",
    };

    private static char? TailOf(string keys) =>
        keys.Length == 1 && Tails.Contains(keys[0]) ? keys[0] : Compounds.TryGetValue(keys, out var pair) ? pair : null;

    private static string Parts(char letter) => Compounds.FirstOrDefault(pair => pair.Value == letter).Key ?? $"{letter}";
}
