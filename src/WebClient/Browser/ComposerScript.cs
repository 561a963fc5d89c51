using System.Runtime.InteropServices.JavaScript;

namespace BigTech.WebClient.Browser;

/// <summary>The field in which a message is written: <c>wwwroot/js/composer.js</c>.</summary>
internal static partial class ComposerScript
{
    public const string Module = "composer";

    /// <summary>Begins with a new field.</summary>
    /// <param name="draftKey">Where its text is kept while it is not sent.</param>
    /// <param name="onCancel">The key Escape.</param>
    [JSImport("attach", Module)]
    public static partial void Attach(
        string id, string draftKey, [JSMarshalAs<JSType.Function<JSType.String>>] Action<string> onSend,
        [JSMarshalAs<JSType.Function>] Action onTyping, [JSMarshalAs<JSType.Function>] Action onCancel);

    [JSImport("send", Module)]
    public static partial void Send(string id);

    /// <summary>Shows the text of a message to be changed. The draft comes back with <see cref="EndEdit"/>, or when it is sent.</summary>
    [JSImport("edit", Module)]
    public static partial void Edit(string id, string text);

    /// <summary>Puts a text below a draft that is not shown.</summary>
    [JSImport("addToDraft", Module)]
    public static partial void AddToDraft(string draftKey, string text);

    /// <summary>Shows the draft again.</summary>
    [JSImport("endEdit", Module)]
    public static partial void EndEdit(string id);
}
