using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BigTech.WebClient.Components;

/// <summary>The text of a message, in which addresses are links. Nothing of it is markup.</summary>
public sealed partial class MessageText : ComponentBase
{
    /// <summary>The text.</summary>
    [Parameter]
    public string Text { get; set; } = "";

    /// <summary>Cuts a text into what is a link and what is not.</summary>
    /// <returns>The parts, which together are the text.</returns>
    public static IEnumerable<(string Text, bool IsLink)> Parts(string text)
    {
        var place = 0;
        foreach (Match match in Address().Matches(text))
        {
            if (match.Index > place) yield return (text[place..match.Index], false);
            yield return (match.Value, true);
            place = match.Index + match.Length;
        }
        if (place < text.Length) yield return (text[place..], false);
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        var number = 0;
        foreach (var (text, isLink) in Parts(Text))
        {
            if (!isLink)
            {
                builder.AddContent(number, text);
                continue;
            }
            builder.OpenElement(number, "a");
            builder.AddAttribute(number, "href", text);
            builder.AddAttribute(number, "target", "_blank");
            builder.AddAttribute(number, "rel", "noopener noreferrer");
            builder.AddContent(number, text);
            builder.CloseElement();
            number++;
        }
    }

    // What ends a sentence ends no address.
    [GeneratedRegex(@"https?://[^\s<>""]*[^\s<>""'.,;:!?)\]}]", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 200)]
    private static partial Regex Address();
}
