using BigTech.BuildingBlocks.Core;
using BigTech.Users.Storage;

namespace BigTech.Tests.Integration.Users;

public sealed class ServerKeyTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    private string Folder => Path.Combine(_data.Path, "keys");

    private string File => Path.Combine(Folder, "server.key");

    [Fact]
    public void Replicas_that_start_at_once_agree_on_one_key()
    {
        for (var round = 0; round < 30; round++)
        {
            var folder = Path.Combine(Folder, $"{round}");
            var keys = new byte[16][];
            Parallel.For(0, keys.Length, i => keys[i] = new ServerKey(folder).For("a purpose"));
            keys.Select(Convert.ToHexString).Distinct().ShouldHaveSingleItem();
            keys[0].Length.ShouldBe(32);
            Directory.GetFiles(folder).ShouldBe([Path.Combine(folder, "server.key")]);
        }
    }

    [Fact]
    public void Each_purpose_and_each_installation_has_another_key()
    {
        var key = new ServerKey(Folder);
        key.For("a purpose").ShouldNotBe(key.For("another"));
        key.For("a purpose").ShouldNotBe(new ServerKey(Path.Combine(_data.Path, "other")).For("a purpose"));
        System.IO.File.ReadAllText(File).ShouldNotContain(Convert.ToHexStringLower(key.For("a purpose")));
    }

    [Fact]
    public void Only_the_account_of_the_program_reads_it()
    {
        if (OperatingSystem.IsWindows()) return;
        _ = new ServerKey(Folder);
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123abcd")]
    [InlineData("no key at all")]
    public void A_damaged_one_stops_the_start_with_its_name(string content)
    {
        _ = new ServerKey(Folder);
        System.IO.File.WriteAllText(File, content);
        Should.Throw<StartupException>(() => new ServerKey(Folder)).Message.ShouldContain(File);
    }

    public void Dispose() => _data.Dispose();
}
