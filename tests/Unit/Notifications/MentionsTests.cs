using BigTech.Notifications.Domain;

namespace BigTech.Tests.Unit.Notifications;

public sealed class MentionsTests
{
    [Theory]
    [InlineData("@bob", "bob")]
    [InlineData("hello @bob!", "bob")]
    [InlineData("hello @bob.", "bob")]
    [InlineData("(@bob, @ann_2)", "bob ann_2")]
    [InlineData("@bob님 안녕하세요", "bob")]
    [InlineData("안녕@bob", "bob")]
    [InlineData("line one\n@bob line two", "bob")]
    [InlineData("@bob @BOB @Bob", "bob")]
    [InlineData("@bob's idea", "bob")]
    [InlineData("@bob - look", "bob")]
    [InlineData("＠Ｂｏｂ 안녕", "Bob")]
    [InlineData("@ｂｏｂ＿２ @bob_2", "bob_2")]
    public void A_name_behind_an_at_sign_is_a_mention(string text, string names) => Mentions.In(text).ShouldBe(names.Split(' '));

    [Theory]
    [InlineData("")]
    [InlineData("bob")]
    [InlineData("@")]
    [InlineData("@@bob")]
    [InlineData("@bo")]
    [InlineData("mail ann@bob.example")]
    [InlineData("mail ann@bob")]
    [InlineData("mail ａｎｎ＠bob")]
    [InlineData("mail first.last+tag@bob_mail")]
    [InlineData("@bob.example")]
    [InlineData("@bob@server.example")]
    [InlineData("@bob-smith")]
    [InlineData("https://x.example/@bob")]
    [InlineData("@ bob")]
    public void What_looks_like_something_else_is_none(string text) => Mentions.In(text).ShouldBeEmpty();

    [Theory]
    [InlineData("`@bob`")]
    [InlineData("see `@bob` there")]
    [InlineData("`` a ` @bob ``")]
    [InlineData("```\n@bob\n```")]
    [InlineData("```sh\nnpm i @bob\n")]
    [InlineData("text\n  ````\n``` @bob\n````")]
    [InlineData("```@bob```")]
    [InlineData("`one line\n@bob`")]
    [InlineData("~~~\n@bob\n~~~")]
    [InlineData("~~~~ sh `x` ~\n~~~\n@bob\n```\n@bob\n ~~~~~ ")]
    [InlineData("~~~\r\n@bob\r\n~~~\r\n")]
    [InlineData("text\n   ~~~\n@bob")]
    [InlineData("```\n``` @bob\n@bob\n```")]
    [InlineData("```\n    ```\n@bob\n```")]
    [InlineData("a ` alone\n~~~\n` @bob\n~~~")]
    [InlineData("`a\\` `@bob`")]
    [InlineData("\\\\`@bob`")]
    [InlineData("\\`` @bob`")]
    [InlineData("`＠bob`")]
    public void Code_mentions_no_one(string text) => Mentions.In(text).ShouldBeEmpty();

    [Theory]
    [InlineData("`code` @bob")]
    [InlineData("`@ann` @bob `@ann`")]
    [InlineData("a ` alone, @bob")]
    [InlineData("`` @bob `")]
    [InlineData("`@bob")]
    [InlineData("one `\n\n@bob ` two")]
    [InlineData("```\n@ann\n```\n@bob")]
    [InlineData("`@ann`@bob")]
    [InlineData("\\`@bob\\`")]
    [InlineData("\\`@bob`")]
    [InlineData("``@bob\\`")]
    [InlineData("｀@bob｀")]
    [InlineData("｀｀｀\n@bob")]
    [InlineData("～～～\n@bob")]
    [InlineData("~~~\n@ann\n~~~\n@bob")]
    [InlineData("a ~~~@bob~~~ ~~@bob~~")]
    [InlineData("a ~~~\n@bob")]
    [InlineData("~~\n@bob\n~~")]
    [InlineData("\\~~~\n@bob")]
    [InlineData("one\n    ~~~\n@bob")]
    [InlineData("a ` alone\n~~~\n~~~\n@bob ` here")]
    public void What_is_beside_code_is_a_mention(string text) => Mentions.In(text).ShouldBe(["bob"]);

    [Fact]
    public void A_name_longer_than_any_is_none()
    {
        Mentions.In("@" + new string('x', 50)).Count.ShouldBe(1);
        Mentions.In("@" + new string('x', 51)).ShouldBeEmpty();
    }

    [Fact]
    public void Of_very_many_only_the_first_count()
    {
        var names = Mentions.In(string.Join(' ', Enumerable.Range(100, 500).Select(n => $"@user{n}")));

        names.Count.ShouldBe(Mentions.Max);
        names[0].ShouldBe("user100");
    }
}
