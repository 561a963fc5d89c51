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
        (await Bind("127.0.0.1", "")).UserAgent.ShouldBeNull();
    }

    private static async Task<ClientInfo> Bind(string remote, string agent)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Request.Headers.UserAgent = agent;
        return (await ClientInfo.BindAsync(context))!;
    }
}
