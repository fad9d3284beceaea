using Polymath.Merging.Checkpoints;

namespace Polymath.Merging.Tokenizers;

/// <summary>The Jinja texts of the chat formats that a configuration can name.</summary>
internal static class ChatTemplates
{
    private const string Automatic = "auto";

    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        ["alpaca"] = "{% for message in messages %}{% if message['role'] == 'system' %}{{ message['content'] + '\n\n' }}{% elif message['role'] == 'user' %}{{ '### Instruction:\n' + message['content'] + '\n\n' }}"
            + "{% elif message['role'] == 'assistant' %}{{ '### Response:\n' + message['content'] + eos_token + '\n\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '### Response:\n' }}{% endif %}",
        ["chatml"] = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
        ["llama3"] = "{{ bos_token }}{% for message in messages %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
        ["mistral"] = "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}{{ ' ' + message['content'] + eos_token }}{% else %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% endif %}{% endfor %}",
        ["exaone"] = "{% for message in messages %}{{ '[|' + message['role'] + '|]' + message['content'] }}{% if message['role'] == 'user' %}{{ '\n' }}{% else %}{{ '[|endofturn|]\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '[|assistant|]' }}{% endif %}",
    };

    /// <summary>The text of a configured template; null when <c>auto</c> finds none.</summary>
    /// <param name="name">auto, a known name, or the text itself.</param>
    /// <param name="folders">The models' folders, the base's first.</param>
    public static string? Resolve(string name, IEnumerable<string> folders)
    {
        if (name != Automatic) return Known.GetValueOrDefault(name, name);
        // The template that most models have; of equally frequent ones the first.
        return folders.Select(Of).OfType<string>().GroupBy(text => text, StringComparer.Ordinal).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;
    }

    private static string? Of(string folder)
    {
        string file = Path.Combine(folder, "chat_template.jinja"), config = Path.Combine(folder, OutputTokenizer.ConfigFile);
        if (File.Exists(file)) return File.ReadAllText(file);
        return File.Exists(config) ? JsonFile.TextOf(JsonFile.Read(config)["chat_template"]) : null;
    }
}
