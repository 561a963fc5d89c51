using System.Runtime.InteropServices.JavaScript;

namespace BigTech.WebClient.Browser;

/// <summary>Messages that wait, in the browser's database: <c>wwwroot/js/outbox.js</c>.</summary>
internal static partial class OutboxScript
{
    public const string Module = "outbox";

    [JSImport("put", Module)]
    public static partial Task Put(string id, string user, string entry);

    [JSImport("remove", Module)]
    public static partial Task Remove(string id);

    /// <returns>A JSON array of the entries of a user.</returns>
    [JSImport("all", Module)]
    public static partial Task<string> All(string user);
}
