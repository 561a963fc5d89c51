using System.Runtime.InteropServices.JavaScript;

namespace BigTech.WebClient.Browser;

/// <summary>What the browser knows and keeps: <c>wwwroot/js/browser.js</c>.</summary>
internal static partial class BrowserScript
{
    private const string Module = "browser";

    /// <summary>Loads all scripts whose functions C# calls.</summary>
    public static async Task Load()
    {
        string[] modules = [Module, ComposerScript.Module, ScrollScript.Module, TabsScript.Module, OutboxScript.Module];
        await Task.WhenAll(modules.Select(module => JSHost.ImportAsync(module, $"../js/{module}.js")));
    }

    [JSImport("read", Module)]
    public static partial string? Read(string key);

    /// <summary>Keeps a text for all tabs and later visits; null removes it.</summary>
    [JSImport("write", Module)]
    public static partial void Write(string key, string? value);

    /// <summary>Calls back when another tab has written.</summary>
    [JSImport("onWrite", Module)]
    public static partial void OnWrite([JSMarshalAs<JSType.Function<JSType.String, JSType.String>>] Action<string, string?> callback);

    /// <summary>The languages that the user prefers, separated by commas, the best first.</summary>
    [JSImport("languages", Module)]
    public static partial string Languages();

    [JSImport("isVisible", Module)]
    public static partial bool IsVisible();

    [JSImport("onVisible", Module)]
    public static partial void OnVisible([JSMarshalAs<JSType.Function<JSType.Boolean>>] Action<bool> callback);

    [JSImport("isOnline", Module)]
    public static partial bool IsOnline();

    [JSImport("onNetwork", Module)]
    public static partial void OnNetwork([JSMarshalAs<JSType.Function<JSType.Boolean>>] Action<bool> callback);

    [JSImport("setLanguage", Module)]
    public static partial void SetLanguage(string language);

    /// <summary>Light or dark; empty for the system's.</summary>
    [JSImport("setTheme", Module)]
    public static partial void SetTheme(string theme);

    [JSImport("setTitle", Module)]
    public static partial void SetTitle(string title);

    [JSImport("focus", Module)]
    public static partial void Focus(string id);

    /// <summary>Moves the focus out of what is about to vanish.</summary>
    [JSImport("moveFocus", Module)]
    public static partial void MoveFocus(string fromId, string toId);

    /// <summary>Lets the arrow keys go from row to row of a list.</summary>
    [JSImport("walkByArrows", Module)]
    public static partial void WalkByArrows(string listId, string rows);

    /// <summary>Asks whether something that cannot be undone is meant.</summary>
    [JSImport("confirmed", Module)]
    public static partial bool Confirmed(string question);

    [JSImport("openDialog", Module)]
    public static partial void OpenDialog(string id);

    [JSImport("closeDialog", Module)]
    public static partial void CloseDialog(string id);

    [JSImport("copy", Module)]
    public static partial Task Copy(string text);

    /// <summary>The time of a day, in the user's zone.</summary>
    [JSImport("time", Module)]
    public static partial string Time(string language, double milliseconds);

    /// <summary>A day in words, in the user's zone.</summary>
    [JSImport("day", Module)]
    public static partial string Day(string language, double milliseconds);

    [JSImport("dateTime", Module)]
    public static partial string DateTime(string language, double milliseconds);

    /// <summary>The time of today, and the date of other days.</summary>
    [JSImport("moment", Module)]
    public static partial string Moment(string language, double milliseconds);

    /// <summary>The user's zone, by its name in the IANA's database.</summary>
    [JSImport("timeZone", Module)]
    public static partial string TimeZone();

    /// <summary>The browser's permission for notifications: <c>granted</c>, <c>denied</c> or <c>default</c>.</summary>
    [JSImport("mayNotify", Module)]
    public static partial string MayNotify();

    [JSImport("askToNotify", Module)]
    public static partial Task<string> AskToNotify();

    [JSImport("notify", Module)]
    public static partial void Notify(
        string title, string body, string tag, [JSMarshalAs<JSType.Function>] Action onClick);
}
