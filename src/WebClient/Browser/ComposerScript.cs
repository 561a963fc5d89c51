using System.Runtime.InteropServices.JavaScript;

namespace BigTech.WebClient.Browser;

/// <summary>The field in which a message is written: <c>wwwroot/js/composer.js</c>.</summary>
internal static partial class ComposerScript
{
    public const string Module = "composer";

    /// <summary>Begins with a new field.</summary>
    /// <param name="draftKey">Where its text is kept while it is not sent; null for nowhere.</param>
    [JSImport("attach", Module)]
    public static partial void Attach(
        string id, string? draftKey, [JSMarshalAs<JSType.Function<JSType.String>>] Action<string> onSend,
        [JSMarshalAs<JSType.Function>] Action onTyping);

    [JSImport("send", Module)]
    public static partial void Send(string id);

    [JSImport("setText", Module)]
    public static partial void SetText(string id, string text);
}
