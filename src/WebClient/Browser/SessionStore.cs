using System.Text.Json;

namespace BigTech.WebClient.Browser;

/// <summary>The session of this browser, which all of its tabs have.</summary>
public sealed class SessionStore
{
    private const string Key = "session";

    /// <summary>Another tab has signed in, out, or renewed the session.</summary>
    public event Action<SavedSession?>? Changed;

    /// <summary>Begins to listen to other tabs.</summary>
    public void Start() => BrowserScript.OnWrite((key, value) =>
    {
        if (key == Key) Changed?.Invoke(Parse(value));
    });

    /// <summary>Null while no user is signed in.</summary>
    public static SavedSession? Read() => Parse(BrowserScript.Read(Key));

    public static void Write(SavedSession? session) =>
        BrowserScript.Write(Key, session is null ? null : JsonSerializer.Serialize(session, WebClientJson.Default.SavedSession));

    private static SavedSession? Parse(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonSerializer.Deserialize(text, WebClientJson.Default.SavedSession);
        }
        catch (JsonException)
        {
            // Of another version, or written by hand: the user signs in again.
            return null;
        }
    }
}
