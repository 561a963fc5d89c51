using System.Runtime.InteropServices.JavaScript;

namespace BigTech.WebClient.Browser;

/// <summary>The other tabs of this browser: <c>wwwroot/js/tabs.js</c>.</summary>
internal static partial class TabsScript
{
    public const string Module = "tabs";

    /// <summary>Calls back with what other tabs tell: a kind, a path and a text.</summary>
    [JSImport("listen", Module)]
    public static partial void Listen(
        [JSMarshalAs<JSType.Function<JSType.String, JSType.String, JSType.String>>] Action<string, string, string> callback);

    [JSImport("tell", Module)]
    public static partial void Tell(string kind, string path, string text);

    /// <summary>Calls back once this tab is the one with the connections of the streams.</summary>
    [JSImport("lead", Module)]
    public static partial void Lead([JSMarshalAs<JSType.Function>] Action onLead);

    /// <summary>Waits until no other tab has the name.</summary>
    /// <returns>For <see cref="Release"/>.</returns>
    [JSImport("take", Module)]
    public static partial Task<int> Take(string name);

    [JSImport("release", Module)]
    public static partial void Release(int number);
}
