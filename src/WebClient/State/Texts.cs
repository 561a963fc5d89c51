using System.Net;
using System.Text.Json;
using BigTech.WebClient.Browser;

namespace BigTech.WebClient.State;

/// <summary>The texts of the client in the user's language: <c>Texts/en.json</c> and <c>Texts/ko.json</c>.</summary>
public sealed class Texts : Observable
{
    public const string Korean = "ko", English = "en";
    private const string Key = "language";

    // In every zone a day begins at a full quarter of an hour.
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    private readonly Dictionary<long, string> _days = [];
    private Dictionary<string, string> _texts = [];

    /// <summary>The languages that there are, by what they call themselves.</summary>
    public static IReadOnlyList<(string Code, string Name)> Languages { get; } = [(English, "English"), (Korean, "한국어")];

    /// <summary>As in the attribute <c>lang</c>.</summary>
    public string Language { get; private set; } = English;

    /// <summary>A text by its key.</summary>
    public string this[string key] => _texts.GetValueOrDefault(key, key);

    /// <summary>A text with values in the place of <c>{0}</c> and so on.</summary>
    public string this[string key, params object?[] values] => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>The texts of a language, outside of a browser.</summary>
    public static Texts In(string language) => new() { Language = language, _texts = Load(language) };

    /// <summary>Begins with the language that the user chose, or else the browser's.</summary>
    public void Start() => Use(BrowserScript.Read(Key) ?? Preferred(BrowserScript.Languages()));

    /// <summary>Changes the language, here and for later visits.</summary>
    public void Choose(string language)
    {
        BrowserScript.Write(Key, language);
        Use(language);
        Tell();
    }

    /// <summary>The texts of a language.</summary>
    public static Dictionary<string, string> Load(string language)
    {
        using var stream = typeof(Texts).Assembly.GetManifestResourceStream($"{language}.json")
            ?? throw new InvalidOperationException($"There are no texts in {language}.");
        return JsonSerializer.Deserialize(stream, WebClientJson.Default.DictionaryStringString)!;
    }

    /// <summary>The first of the user's languages that there is.</summary>
    public static string Preferred(string languages) => languages.Split(',')
        .Select(language => language.Split('-')[0].ToLowerInvariant())
        .FirstOrDefault(language => Languages.Any(known => known.Code == language)) ?? English;

    private void Use(string language)
    {
        Language = Languages.Any(known => known.Code == language) ? language : English;
        _texts = Load(Language);
        _days.Clear();
        BrowserScript.SetLanguage(Language);
    }

    public string Time(DateTimeOffset at) => BrowserScript.Time(Language, at.ToUnixTimeMilliseconds());

    /// <summary>The day of a message. A room asks at every drawing for each message, and the browser takes long to answer.</summary>
    public string Day(DateTimeOffset at)
    {
        var quarter = at.UtcTicks / Quarter.Ticks;
        if (_days.TryGetValue(quarter, out var day)) return day;
        return _days[quarter] = BrowserScript.Day(Language, at.ToUnixTimeMilliseconds());
    }

    public string DateTime(DateTimeOffset at) => BrowserScript.DateTime(Language, at.ToUnixTimeMilliseconds());

    public string Moment(DateTimeOffset at) => BrowserScript.Moment(Language, at.ToUnixTimeMilliseconds());

    /// <summary>What a refused or failed call means for the user.</summary>
    public string Of(Exception error) => error switch
    {
        ChatApiException { Code: { } code } when _texts.TryGetValue($"error.{code}", out var text) => text,
        ChatApiException { Errors: { Count: > 0 } errors } =>
            string.Join(' ', errors.SelectMany(field => OfField(field.Key, field.Value)).Distinct()),
        ChatApiException { Status: HttpStatusCode.ServiceUnavailable } => this["error.unavailable"],
        ChatApiException { RetryAfter: { } wait } => this["error.wait", Math.Ceiling(wait.TotalSeconds)],
        ChatApiException refusal => refusal.Message,
        HttpRequestException => this["error.offline"],
        _ => this["error.unknown"],
    };

    /// <summary>What a field has to be; what the server says of one that is not in a form here.</summary>
    private IEnumerable<string> OfField(string name, IReadOnlyList<string> errors) =>
        _texts.TryGetValue($"error.field_{(name == "new_password" ? "password" : name)}", out var rule) ? [rule] : errors;
}
