using System.Diagnostics;

namespace BigTech.Tests.Testing;

/// <summary>
/// A server program that a test starts, freezes and kills. It ends with the test process, however that ends: a shell forwards the signals
/// named on its input until end of file, and only this process holds that input open.
/// </summary>
internal sealed class WatchedProgram : IDisposable
{
    // The shell closes its copy of the error pipe, so that end of file there means the end of the program.
    private const string Watch = "\"$@\" >&2 & program=$!; exec 2>&-; echo $program; "
        + "while read -r signal; do kill -$signal $program; done; kill -KILL $program; wait $program";

    private readonly Process _shell;
    private readonly string _state;

    /// <summary>Starts the program and waits until it reports that it is ready.</summary>
    /// <param name="sign">Part of the line that reports it.</param>
    /// <exception cref="InvalidOperationException">It exited, or never reported it.</exception>
    public WatchedProgram(string sign, string program, params IEnumerable<string> arguments)
    {
        EngineProcesses.ThrowIfExcluded(program);
        var said = new List<string>();
        var isReady = new TaskCompletionSource<bool>();
        _shell = new Process
        {
            StartInfo = new ProcessStartInfo("sh", ["-c", Watch, "sh", program, .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true
            },
        };
        _shell.ErrorDataReceived += (_, line) =>
        {
            lock (said) said.Add(line.Data ?? "It has ended.");
            if (line.Data is null) isReady.TrySetResult(false);
            else if (line.Data.Contains(sign, StringComparison.Ordinal)) isReady.TrySetResult(true);
        };
        _shell.Start();
        _shell.BeginErrorReadLine();
        _state = $"/proc/{_shell.StandardOutput.ReadLine()}/stat";
        if (isReady.Task.Wait(Patience.Long) && isReady.Task.Result) return;
        Dispose();
        lock (said) throw new InvalidOperationException($"{program} did not start (is it installed?): {string.Join('\n', said)}");
    }

    /// <summary>Freezes the program: it accepts connections and does not answer.</summary>
    public void Freeze()
    {
        _shell.StandardInput.WriteLine("STOP");
        // The state follows the name in brackets: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        if (!SpinWait.SpinUntil(() => File.ReadAllText(_state).Contains(") T ", StringComparison.Ordinal), Patience.Limit))
        {
            throw new TimeoutException("It runs on.");
        }
    }

    public void Thaw() => _shell.StandardInput.WriteLine("CONT");

    /// <summary>Kills the program like a power failure.</summary>
    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }
}
