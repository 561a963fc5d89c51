using System.Net;
using BigTech.Users.Features;
using Microsoft.AspNetCore.Http;

namespace BigTech.Tests.Unit.Users;

public sealed class ClientInfoTests
{
    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7", "198.51.100.7")]
    [InlineData("::ffff:198.51.100.7", "198.51.100.7", "198.51.100.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "20010DB800010002")]
    [InlineData("2001:db8:1:2::9", "2001:db8:1:2::9", "20010DB800010002")]
    public async Task Failures_count_by_address_or_by_IPv6_network(string remote, string address, string key)
    {
        var origin = await Bind(remote, "agent");
        origin.Address.ShouldBe(address);
        origin.Network.ShouldBe(key);
    }

    [Fact]
    public async Task A_user_agent_is_kept_short()
    {
        (await Bind("127.0.0.1", new string('a', 1000))).UserAgent!.Length.ShouldBe(255);
        (await Bind("127.0.0.1", new string('a', 254) + "😀")).UserAgent.ShouldBe(new string('a', 254), "no half of a character");
        (await Bind("127.0.0.1", "")).UserAgent.ShouldBeNull();
    }

    [Theory]
    [InlineData("", "English")]
    [InlineData("ko", "Korean")]
    [InlineData("ko-KR,ko;q=0.9,en-US;q=0.8", "Korean")]
    [InlineData("KO-kp", "Korean")]
    [InlineData("fr, en;q=0.5, ko;q=0.6", "Korean")]
    [InlineData("en-GB, ko;q=0.9", "English")]
    [InlineData("ko;q=0, en;q=0.1", "English")]
    [InlineData("fr, *;q=0.5", "English")]
    [InlineData(";;q=x", "English")]
    public async Task A_mail_is_in_the_language_that_the_client_wants_most(string accepted, string language) =>
        (await Bind("127.0.0.1", "agent", accepted)).Language.ToString().ShouldBe(language);

    private static async Task<ClientInfo> Bind(string remote, string agent, string languages = "")
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Request.Headers.UserAgent = agent;
        context.Request.Headers.AcceptLanguage = languages;
        return (await ClientInfo.BindAsync(context))!;
    }
}
