using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Builder;

namespace BigTech.Tests.Architecture;

public sealed class EndpointGuardTests
{
    [Fact]
    public async Task An_endpoint_without_a_decision_stops_the_start()
    {
        await using var app = NewApp();
        app.MapGet("/open", () => "").AllowAnonymous();
        app.MapGet("/closed", () => "").RequireAuthorization();
        app.MapGet("/undecided", () => "");

        var refused = Should.Throw<StartupException>(app.RequireAuthorizationDecisions);

        refused.Message.ShouldContain("/undecided");
        refused.Message.ShouldNotContain("/open");
        refused.Message.ShouldNotContain("/closed");
    }

    [Fact]
    public async Task An_undecided_endpoint_of_a_group_is_found_too()
    {
        await using var app = NewApp();
        var group = app.MapGroup("/group");
        group.MapGet("/inner", () => "");

        Should.Throw<StartupException>(app.RequireAuthorizationDecisions).Message.ShouldContain("/group/inner");
    }

    [Fact]
    public async Task Decided_endpoints_may_start()
    {
        await using var app = NewApp();
        app.MapGet("/open", () => "").AllowAnonymous();
        app.MapGroup("/closed").RequireAuthorization().MapGet("/inner", () => "");

        Should.NotThrow(app.RequireAuthorizationDecisions);
    }

    [Fact]
    public async Task An_endpoint_with_a_policy_that_nothing_checks_stops_the_start()
    {
        await using var app = NewApp();
        app.MapGet("/closed", () => "").RequireAuthorization();
        app.MapGet("/policy", () => "").RequireAuthorization("admins");

        Should.Throw<StartupException>(app.RequireAuthorizationDecisions).Message.ShouldContain("/policy");
    }

    [Fact]
    public async Task An_endpoint_that_is_both_open_and_closed_stops_the_start()
    {
        await using var app = NewApp();
        app.MapGroup("/closed").RequireAuthorization().MapGet("/inner", () => "").AllowAnonymous();

        Should.Throw<StartupException>(app.RequireAuthorizationDecisions).Message.ShouldContain("/closed/inner");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task A_change_by_the_cookie_of_a_browser_stops_the_start(string method)
    {
        await using var app = NewApp();
        app.MapGet("/read", () => "").RequireAuthorization().AcceptBrowserSession();
        app.MapMethods("/change", ["GET", method], () => "").RequireAuthorization().AcceptBrowserSession();

        var refused = Should.Throw<StartupException>(app.RequireAuthorizationDecisions);

        refused.Message.ShouldContain("/change");
        refused.Message.ShouldNotContain("/read");
    }

    [Fact]
    public async Task A_program_without_endpoints_does_not_start()
    {
        await using var app = NewApp();
        Should.Throw<StartupException>(app.RequireAuthorizationDecisions);
    }

    private static WebApplication NewApp() => WebApplication.CreateSlimBuilder().Build();
}
