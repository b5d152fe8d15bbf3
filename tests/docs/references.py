"""The tables of both references with their columns, as their own migrations have them."""

HELP_DESK = {
    "users": "id name email password_hash role status_online created_at",
    "clients": "id telegram_id name username created_at",
    "sessions": "id client_id cs_id status created_at ended_at",
    "chats": "id session_id sender_type message_type message file_url is_read created_at",
    "refresh_tokens": "id user_id token created_at expires_at",
}
CHAT_PLATFORM = {
    "users": "id email name avatar_url created_at updated_at",
    "chanels": "id name type whatsapp_number icon_url takeover_ai waktu_takeover limit_balasan_ai"
    " maksimum_balasan_ai is_active created_at updated_at",
    "agents": "id name type status avatar_url description kepintaran is_active created_at"
    " updated_at phone",
    "agent_ai_configs": "id agent_id gaya_bicara pengetahuan handover_conditions followup_configs"
    " kirim_gambar_configs created_at updated_at",
    "contacts": "id name email phone_number avatar_url chanel_id is_active created_at updated_at",
    "conversations": "id chanel_id contact_id contact_phone contact_name last_message"
    " last_message_time unread_count assigned_agent_id is_active created_at updated_at",
    "messages": "id conversation_id message_type direction content media_url sender_id sender_name"
    " is_read created_at",
    "chanel_agent_connections": "id chanel_id agent_id is_active created_at",
    "conversation_handovers": "id conversation_id from_agent_id to_agent_id reason handover_time",
    "whatsapp_sessions": "id chanel_id session_name status qr_code_url phone_number"
    " is_authenticated is_ready last_activity created_at updated_at",
    "whatsapp_message_templates": "id chanel_id name content variables is_active created_at"
    " updated_at",
    "auto_reply_rules": "id chanel_id agent_id trigger_keywords reply_message reply_template_id"
    " delay_seconds is_active priority created_at updated_at",
    "conversation_metrics": "id conversation_id agent_id response_time_seconds message_count"
    " customer_satisfaction resolution_time_minutes handover_count created_at updated_at",
    "ai_conversation_logs": "id conversation_id agent_id user_message ai_response confidence_score"
    " used_knowledge handover_triggered handover_reason created_at",
}
FUNCTIONS = (
    "get_conversation_with_messages",
    "get_agent_ai_config",
    "mark_conversation_as_read",
    "get_auto_reply_rules",
    "log_ai_conversation",
)
COMMANDS = (
    "npm run db:setup",
    "npm run db:push",
    "npm run db:push --force-reset",
    "npm run db:generate",
    "npm run db:seed",
    "npm run db:reset",
    "npm run db:migrate",
    "npm run db:migrate:deploy",
    "npm run db:studio",
    "mysqldump",
    "mysql < backup.sql",
    "supabase login",
    "supabase db push",
    "supabase db reset",
    "supabase gen types typescript",
    "supabase db dump",
    "createClient",
)
SAMPLES = (
    "admin@helpdesk.com / admin123",
    "cs1@helpdesk.com / cs123",
    "John Doe, Jane Smith, Bob Wilson",
    "admin@osmochat.com",
    "WhatsApp channel 1, 2",
    "AI Bot 1, AI Bot 2",
    "Agent 1, Agent 2",
    "Andi, Budi",
    "Welcome Message, Order Confirmation",
)
