using System.Net.Http.Headers;
using System.Text;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace BigTech.Tests.Integration.Users;

/// <summary>One host for tests that change nothing, with a signed-in user.</summary>
public sealed class UsersHostFixture : IAsyncLifetime
{
    internal UsersHost Host { get; private set; } = null!;

    internal string Token { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await UsersHost.Start();
        await Host.Register("kim_cs");
        Token = (await Host.Login("kim_cs")).Access;
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

public sealed class UsersBadInputHttpTests(UsersHostFixture fixture) : IClassFixture<UsersHostFixture>
{
    private readonly UsersHost _host = fixture.Host;
    private readonly string _token = fixture.Token;

    [Theory]
    [InlineData("POST", "/auth/register", "{", 400)]
    [InlineData("POST", "/auth/register", "null", 400)]
    [InlineData("POST", "/auth/register", "[]", 422)]
    [InlineData("POST", "/auth/register", "{}", 422)]
    [InlineData("POST", "/auth/register", """{"email":5}""", 422)]
    [InlineData("POST", "/auth/register", """{"email":"a@b.cd\u0000","username":"abc","password":"correct horse 9"}""", 422)]
    [InlineData("POST", "/auth/login", "{", 400)]
    [InlineData("POST", "/auth/login", "null", 400)]
    [InlineData("POST", "/auth/login", "{}", 422)]
    [InlineData("POST", "/auth/login", """{"email":"a@b.cd"}""", 422)]
    [InlineData("POST", "/auth/login", """{"email":{},"password":"x"}""", 422)]
    [InlineData("POST", "/auth/login/json", "{", 400)]
    [InlineData("PATCH", "/profile/me", """{"display_name":" "}""", 422)]
    [InlineData("PATCH", "/profile/me", """{"status_message":"\u0001"}""", 422)]
    [InlineData("PATCH", "/profile/me", """{"status_message":[]}""", 422)]
    [InlineData("POST", "/users/batch", "{}", 422)]
    [InlineData("POST", "/users/batch", """{"user_ids":["a"]}""", 422)]
    [InlineData("POST", "/users/batch", """{"user_ids":[1.5]}""", 422)]
    [InlineData("GET", "/users", null, 422)]
    [InlineData("GET", "/users?user_ids=", null, 422)]
    [InlineData("GET", "/users?user_ids=1,a", null, 422)]
    [InlineData("GET", "/users?user_ids=99999999999999999999", null, 422)]
    [InlineData("GET", "/users/99", null, 404)]
    [InlineData("GET", "/users/-1", null, 404)]
    [InlineData("GET", "/users/abc", null, 404)]
    [InlineData("GET", "/users/99999999999999999999", null, 404)]
    [InlineData("GET", "/users/search", null, 422)]
    [InlineData("GET", "/users/search?q=%20", null, 422)]
    [InlineData("GET", "/users/search?q=%00", null, 422)]
    [InlineData("GET", "/users/search?q=a&limit=0", null, 422)]
    [InlineData("GET", "/users/search?q=a&limit=-5", null, 422)]
    [InlineData("GET", "/users/search?q=a&limit=101", null, 422)]
    [InlineData("GET", "/users/search?q=a&limit=9999999999", null, 422)]
    [InlineData("GET", "/users/search?q=a&limit=abc", null, 422)]
    [InlineData("GET", "/users/search?q=a&cursor=rubbish", null, 422)]
    [InlineData("GET", "/auth/sessions?limit=0", null, 422)]
    [InlineData("GET", "/auth/sessions?cursor=cnViYmlzaA", null, 422)]
    [InlineData("DELETE", "/profile/me", null, 405)]
    public async Task Bad_input_has_its_answer(string method, string path, string? body, int status) =>
        (await _host.Send(method, path, body, _token)).Expect(status).Code.ShouldNotBeNull();

    [Theory]
    [InlineData("/auth/login", "text/plain")]
    [InlineData("/auth/login", "multipart/form-data; boundary=x")]
    [InlineData("/auth/login", "application/json; charset=klingon")]
    [InlineData("/auth/login", null)]
    [InlineData("/auth/login/json", "application/x-www-form-urlencoded")]
    [InlineData("/auth/register", "text/plain")]
    public async Task Another_content_type_is_refused(string path, string? type)
    {
        var content = new ByteArrayContent("x=1"u8.ToArray());
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        (await _host.Send("POST", path, content)).Expect(415);
    }

    [Theory]
    [InlineData("/auth/register")]
    [InlineData("/auth/login")]
    public async Task Invalid_UTF_8_is_malformed(string path)
    {
        byte[] body = [.. "{\"email\":\""u8, 0xC3, 0x28, .. "\",\"password\":\"correct horse 9\"}"u8];
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (await _host.Send("POST", path, content)).Expect(400, "malformed_json");
    }

    [Fact]
    public async Task A_form_of_another_grant_is_refused()
    {
        const string form = "grant_type=client_credentials&username=a&password=b";
        var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        (await _host.Send("POST", "/auth/login", content)).Expect(422).Body!["errors"]!["grant_type"].ShouldNotBeNull();
    }

    [Fact]
    public async Task An_endpoint_is_for_signed_in_users_unless_it_is_anonymous()
    {
        string[] anonymous =
            [
                "/.well-known/jwks.json", "/auth/browser-session", "/auth/email/resend", "/auth/email/verify", "/auth/login",
                "/auth/login/json", "/auth/password/forgot", "/auth/password/reset", "/auth/refresh", "/auth/register",
            ];
        var endpoints = _host.Endpoints.Where(e => e.Metadata.GetMetadata<ForServices>() is null).ToList();
        endpoints.Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(e => e.RoutePattern.RawText).Order(StringComparer.Ordinal).ShouldBe(anonymous);

        var guarded = endpoints.Where(e => e.Metadata.GetMetadata<IAuthorizeData>() is not null).ToList();
        guarded.Count.ShouldBe(endpoints.Count - anonymous.Length);
        foreach (var endpoint in guarded)
        {
            var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0];
            var path = endpoint.RoutePattern.RawText!.Replace("{id:long}", "1").Replace("{user_id:long}", "1");
            (await _host.Send(method, path, method == "GET" ? null : "{}")).Expect(401, "not_signed_in");
        }
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own()
    {
        var names = _host.Endpoints.Where(e => e.Metadata.GetMetadata<ForServices>() is null)
            .Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName).ToList();
        names.ShouldNotContain((string?)null);
        names.Distinct().Count().ShouldBe(names.Count);
    }
}
