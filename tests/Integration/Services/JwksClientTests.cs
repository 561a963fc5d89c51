using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Services;

public sealed class JwksClientTests : IAsyncDisposable
{
    private readonly Publisher _one = new();
    private readonly Publisher _other = new();
    private JwksClient? _client;

    [Fact]
    public async Task The_keys_of_every_replica_are_known_as_they_are_published()
    {
        using var key = _one.Publish("one");
        _other.Publish("other").Dispose();
        var keys = await Start();

        await Eventually.Holds(() => Knows(keys, "one") && Knows(keys, "other"), "both are fetched");

        var data = "signed"u8.ToArray();
        keys.Find("one")!.VerifyData(data, key.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256).ShouldBeTrue();
        keys.Find("other")!.VerifyData(data, key.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256).ShouldBeFalse();
    }

    [Fact]
    public async Task An_unknown_key_is_fetched_soon_and_not_for_every_caller_that_shows_it()
    {
        _one.Publish("old").Dispose();
        var keys = await Start();
        await Eventually.Holds(() => Knows(keys, "old"), "the first key is fetched");
        _one.Publish("new").Dispose();

        for (var i = 0; i < 1000; i++) keys.Find("unknown").ShouldBeNull();
        await Eventually.Holds(() => Knows(keys, "new"), "the new key is fetched");

        _one.Asked.ShouldBeLessThan(10);
    }

    [Fact]
    public async Task A_key_is_forgotten_when_its_replica_publishes_it_no_more_and_kept_while_the_replica_is_silent()
    {
        _one.Publish("retired").Dispose();
        _other.Publish("of a silent replica").Dispose();
        var keys = await Start();
        await Eventually.Holds(() => Knows(keys, "retired") && Knows(keys, "of a silent replica"), "both are fetched");

        _one.Retire("retired");
        _other.Retire("of a silent replica");
        _other.IsSilent = true;

        await Eventually.Holds(() => keys.Find("unknown") is null && !Knows(keys, "retired"), "what is retired is forgotten");
        Knows(keys, "of a silent replica").ShouldBeTrue();
        _other.IsSilent = false;
        await Eventually.Holds(
            () => keys.Find("unknown") is null && !Knows(keys, "of a silent replica"), "it is forgotten when its replica says so");
    }

    [Fact]
    public async Task Keys_that_were_never_fetched_are_a_refusal()
    {
        _one.IsSilent = _other.IsSilent = true;
        var keys = await Start();
        await Eventually.Holds(() => _one.Asked > 1, "it is asked again and again");

        Should.Throw<AppError>(() => keys.Find("any")).Code.ShouldBe("keys_unavailable");

        _one.Publish("any").Dispose();
        _one.IsSilent = false;
        await Eventually.Holds(() => Knows(keys, "any"), "one replica is enough");
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.StopAsync(CancellationToken.None);
        _client?.Dispose();
        await _one.DisposeAsync();
        await _other.DisposeAsync();
    }

    private async Task<JwksClient> Start()
    {
        _client = new JwksClient([await _one.Start(), await _other.Start()], TimeProvider.System, NullLogger<JwksClient>.Instance);
        await _client.StartAsync(TestContext.Current.CancellationToken);
        return _client;
    }

    /// <summary>No key is known before the first fetch.</summary>
    private static bool Knows(JwksClient keys, string id)
    {
        try
        {
            return keys.Find(id) is not null;
        }
        catch (AppError)
        {
            return false;
        }
    }

    /// <summary>A replica that publishes what the test sets.</summary>
    private sealed class Publisher : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, string> _keys = new();
        private StubService? _service;
        private volatile bool _isSilent;

        public bool IsSilent
        {
            get => _isSilent;
            set => _isSilent = value;
        }

        public int Asked => _service?.Asked ?? 0;

        public ECDsa Publish(string id)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var point = key.ExportParameters(includePrivateParameters: false).Q;
            var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
            _keys[id] = $$"""{"kty":"EC","crv":"P-256","x":"{{x}}","y":"{{y}}","use":"sig","alg":"ES256","kid":"{{id}}"}""";
            return key;
        }

        public void Retire(string id) => _keys.TryRemove(id, out _).ShouldBeTrue();

        public async Task<Uri> Start()
        {
            _service = await StubService.Start(context =>
            {
                context.Response.StatusCode = IsSilent ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
                return context.Response.WriteAsync($$"""{"keys":[{{string.Join(',', _keys.Values)}}]}""");
            });
            return _service.Address;
        }

        public ValueTask DisposeAsync() => _service?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
