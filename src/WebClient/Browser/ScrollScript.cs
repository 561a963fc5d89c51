using System.Runtime.InteropServices.JavaScript;

namespace BigTech.WebClient.Browser;

/// <summary>The place of the list of messages: <c>wwwroot/js/scroll.js</c>.</summary>
internal static partial class ScrollScript
{
    public const string Module = "scroll";

    /// <summary>Begins with a new list.</summary>
    /// <param name="onOlder">The top is near.</param>
    /// <param name="onNewer">The end is near.</param>
    /// <param name="onAtEnd">The user has come to the end, or has left it.</param>
    [JSImport("attach", Module)]
    public static partial void Attach(
        string id, [JSMarshalAs<JSType.Function>] Action onOlder, [JSMarshalAs<JSType.Function>] Action onNewer,
        [JSMarshalAs<JSType.Function<JSType.Boolean>>] Action<bool> onAtEnd);

    [JSImport("toEnd", Module)]
    public static partial void ToEnd(string id);

    /// <summary>Shows the row of a message, and marks it for a moment.</summary>
    [JSImport("show", Module)]
    public static partial void Show(string id, string seq);
}
