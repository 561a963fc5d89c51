using BigTech.Chat.Domain;

namespace BigTech.Tests.Unit.Chat;

public sealed class EmojiTests
{
    [Theory]
    [InlineData("👍")]
    [InlineData("👍🏽")]
    [InlineData("❤️")]
    [InlineData("🫩")]
    [InlineData("\u25FD")]
    [InlineData("◼️")]
    [InlineData("⬛")]
    [InlineData("👨‍👩‍👧‍👦")]
    [InlineData("👨🏻‍❤️‍💋‍👨🏿")]
    [InlineData("🧑🏽‍🚀")]
    [InlineData("🏋🏽‍♂️")]
    [InlineData("🏳️‍🌈")]
    [InlineData("🐦‍🔥")]
    [InlineData("🏴󠁧󠁢󠁥󠁮󠁧󠁿")]
    [InlineData("🏴󠁧󠁢󠁳󠁣󠁴󠁿")]
    [InlineData("🏴󠁧󠁢󠁷󠁬󠁳󠁿")]
    [InlineData("🏴")]
    [InlineData("🇰🇷")]
    [InlineData("1\uFE0F\u20E3")]
    [InlineData("#\uFE0F\u20E3")]
    [InlineData("*\uFE0F\u20E3")]
    [InlineData("‼️")]
    [InlineData("☎️")]
    [InlineData("↔️")]
    [InlineData("⤴️")]
    [InlineData("ℹ️")]
    [InlineData("©️")]
    [InlineData("🏽")]
    public void One_emoji_in_its_stored_form_stays_as_it_is(string text) => Emoji.Normalize(text).ShouldBe(text);

    [Theory]
    [InlineData("\u2764", "\u2764\uFE0F")]
    [InlineData("☎", "☎\uFE0F")]
    [InlineData("↔", "↔\uFE0F")]
    [InlineData("\u25FD\uFE0F", "\u25FD")]
    [InlineData("👍\uFE0F", "👍")]
    [InlineData("1\u20E3", "1\uFE0F\u20E3")]
    [InlineData("👩\u200D\u2764\u200D👨", "👩\u200D\u2764\uFE0F\u200D👨")]
    [InlineData("🏳\u200D🌈", "🏳\uFE0F\u200D🌈")]
    [InlineData("🕵\u200D\u2642\uFE0F", "🕵\uFE0F\u200D\u2642\uFE0F")]
    public void With_and_without_the_selector_it_is_the_same_emoji(string text, string stored) => Emoji.Normalize(text).ShouldBe(stored);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a")]
    [InlineData("ㅋ")]
    [InlineData("가")]
    [InlineData("1")]
    [InlineData("#")]
    [InlineData("1\uFE0F")]
    [InlineData("ok👍")]
    [InlineData("👍👍")]
    [InlineData("👍 ")]
    [InlineData("👍\uFE0F\uFE0F")]
    [InlineData("👍🏽🏽")]
    [InlineData("🎉🏽")]
    [InlineData("\u2764\uFE0E")]
    [InlineData("\u200D")]
    [InlineData("👩\u200D")]
    [InlineData("\u200D👩")]
    [InlineData("👩\u200D\u200D👩")]
    [InlineData("👩\u200Da")]
    [InlineData("👩\u200D🇰🇷")]
    [InlineData("🇰")]
    [InlineData("🇰🇷🇰")]
    [InlineData("🇰🇷🇰🇷")]
    [InlineData("🇰\uFE0F")]
    [InlineData("🏴\U000E0067\U000E0062")]
    [InlineData("🏴\U000E0078\U000E0078\U000E0078\U000E0078\U000E0078\U000E007F")]
    [InlineData("👍\U000E0067\U000E007F")]
    [InlineData("\0")]
    [InlineData("\uFE0F")]
    [InlineData(" \uFE0F")]
    [InlineData("\u20E3")]
    [InlineData("a\u20E3")]
    [InlineData("a\uFE0F\u20E3")]
    [InlineData("\u2800")]
    [InlineData("\u3164")]
    [InlineData("\u3164\uFE0F")]
    [InlineData("\u25FC\u0301")]
    [InlineData("\u2192")]
    [InlineData("\u2713")]
    [InlineData("♪")]
    [InlineData("가\uFE0F")]
    [InlineData("+\uFE0F")]
    [InlineData("\uFFFD")]
    public void Any_other_text_is_none(string text) => Emoji.Normalize(text).ShouldBeNull();

    // The compiler stores the strings of attributes in UTF-8, which cannot represent a lone surrogate.
    [Fact]
    public void Half_of_a_surrogate_pair_is_none()
    {
        Emoji.Normalize("👍"[..1]).ShouldBeNull();
        Emoji.Normalize("👍"[1..]).ShouldBeNull();
    }

    [Fact]
    public void A_chain_has_at_most_four_parts()
    {
        Emoji.Normalize(Chain(4)).ShouldBe(Chain(4));
        Emoji.Normalize(Chain(5)).ShouldBeNull();
        Emoji.Normalize(Chain(40)).ShouldBeNull();

        static string Chain(int parts) => string.Join('\u200D', Enumerable.Repeat("👨", parts));
    }
}
