using BigTech.WebClient.Components;

namespace BigTech.Tests.Unit.WebClient;

/// <summary>Addresses in texts become links, and nothing of a text is lost.</summary>
public sealed class MessageTextTests
{
    [Theory]
    [InlineData("see https://example.org/a?b=1.", "https://example.org/a?b=1")]
    [InlineData("(http://example.org)", "http://example.org")]
    [InlineData("주소는 https://example.org/한글 입니다", "https://example.org/한글")]
    [InlineData("javascript:alert(1) and example.org", "")]
    [InlineData("https://", "")]
    [InlineData("<a href=\"https://example.org\">x</a>", "https://example.org")]
    public void An_address_is_a_link(string text, string link)
    {
        var parts = MessageText.Parts(text).ToList();

        string.Concat(parts.Where(part => part.IsLink).Select(part => part.Text)).ShouldBe(link);
        string.Concat(parts.Select(part => part.Text)).ShouldBe(text);
    }
}
